"""Questions: somebody asks, others answer, the asker accepts the answer that helped.

Vocabulary: a question is *waiting* until its asker has accepted an answer, and *answered* from then on; the
*reason* is why the asker trusts the answer they accepted. Comments are small and hang on the question or on
an answer.
"""
