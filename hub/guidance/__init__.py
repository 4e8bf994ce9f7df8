"""Guidance: wiki pages that stay true, because each has an owner and a day by which it is looked at again.

Vocabulary: a guidance page is a *draft*, *in review*, *published*, *needs review* or *superseded*. A
*wording* is all that an editor can change at once: title, summary, text, sources, topics, where it applies.
Every edit is a *revision* with its own wording; readers see the published one, editors the newest.
*Checked*: somebody read the page and says that it is still true; *review by*: the day before which that is
done again. *Overdue*: that day has passed. A *credit* names whose question or answer a page grew from.
"""
