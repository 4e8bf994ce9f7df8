"""A wording told part by part, in words, so that two can be compared by people."""

from flask_babel import gettext as _
from markupsafe import Markup

from hub.content.files.hanging import files_with_ids
from hub.content.files.shown import shown
from hub.core.differences import difference_html
from hub.core.pages import day
from hub.core.words import words

from .actions.pages import topics_of_ids
from .wording import Wording


def in_words(wording: Wording) -> dict[str, tuple[str, str]]:
    """Part of the wording -> its name and what it says."""
    place, law = wording.applies_to, wording.law_date
    named = "\n".join(topic.name for topic in topics_of_ids(wording.topics))
    sources = "\n".join(" ".join(pair).strip() for pair in wording.sources)
    files = "\n".join(f"{file.name} ({shown(file).about})" for file in files_with_ids(wording.files))
    return {
        "title": (_("Title"), wording.title),
        "summary": (_("Summary"), wording.summary),
        "applies_to": (_("Where it applies"), words(place, "place") if place else _("not said")),
        "law_date": (_("The law as at"), day(law) if law else _("not said")),
        "topics": (_("Topics"), named or _("none")),
        "sources": (_("Sources"), sources or _("none")),
        "files": (_("Files"), files or _("none")),
    }


def changed_parts(before: Wording, after: Wording) -> list[tuple[str, Markup]]:
    """(name, difference) of every part beside the text that changed."""
    was, now = in_words(before), in_words(after)
    return [
        (name, difference_html(text, now[part][1]))
        for part, (name, text) in was.items()
        if text != now[part][1]
    ]
