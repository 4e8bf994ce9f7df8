"""The certificate of one post or several, in words that a tribunal or an auditor can read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core.pages import moment_with_zone

from .describing import (
    Masking,
    history_table,
    kept_blocks,
    pictures_of,
    said_facts,
    told_of,
    version_heading,
    words_of,
)
from .gathering import Gathered, Imports
from .log import Anchored
from .paper import Heading, Notice, Paper, Signature, Steps, Text
from .paper.printing import explanation


def certificate(
    posts: Iterable[Gathered],
    *,
    imports: Imports,
    masking: Masking,
    anchored: Anchored,
    holder: str,
    hub: str,
    made_by: str,
    at: datetime,
) -> Paper:
    """holder: for whom the posts are kept. made_by: who asks for the certificate."""
    posts = list(posts)
    title = ngettext(
        "Certificate of an archived social media post",
        "Certificate of %(num)d archived social media posts",
        len(posts),
    )
    paper = Paper(
        title,
        hub,
        _(
            "This certificate describes what %(holder)s keeps, as it was on %(at)s. The software of %(hub)s "
            "wrote it out of its records, at the request of %(made_by)s; nothing in it was typed in by hand.",
            holder=holder,
            at=moment_with_zone(at),
            hub=hub,
            made_by=made_by,
        ),
    )
    for number, found in enumerate(posts, 1):
        _add_post(
            paper, found, number if len(posts) > 1 else 0, imports=imports, masking=masking, anchored=anchored
        )
    _add_checking(paper, anchored)
    _add_limits(paper, masking)
    paper.add(
        Signature(
            _("Whoever hands this over may sign here, for %(holder)s", holder=holder),
            (_("Name"), _("Position"), _("Date"), _("Signature")),
        )
    )
    return paper


def _add_post(
    paper: Paper, found: Gathered, number: int, *, imports: Imports, masking: Masking, anchored: Anchored
) -> None:
    told = told_of(found)
    of = _("Post %(number)s: ", number=number) if number else ""
    paper.add(Heading(of + _("what was said") if of else _("What was said")), said_facts(told[-1], masking))
    if found.post.erased_at:
        paper.add(
            Notice(
                _("Erased by law"),
                _(
                    "Its words and bytes were erased. Only the fact that it was kept, and its proof, are "
                    "left."
                ),
            )
        )
    for one in told:
        if one.version:
            paper.add(Heading(version_heading(one), 3))
        paper.add(*words_of(one, masking))
        paper.add(*(masking.picture(medium, one) for medium in pictures_of(one)))
    paper.add(Heading(of + _("how it was kept") if of else _("How it was kept")))
    paper.add(*kept_blocks(found, imports, masking))
    paper.add(
        Heading(of + _("what happened to it") if of else _("What happened to it")),
        history_table(found, masking, number),
    )
    paper.add(*anchored.blocks(found))


def _add_checking(paper: Paper, anchored: Anchored) -> None:
    paper.add(
        Heading(_("How anybody can check this")),
        Text(
            _(
                "A SHA-256 is a number that is computed from bytes. If one letter of the bytes changes, it "
                "is another number. Nobody knows how to make other bytes that have the same."
            )
        ),
        Steps(
            (
                _("Ask the keepers for the exact bytes of the post: each can be downloaded from its page."),
                _(
                    "Compute their SHA-256 (on Windows: certutil -hashfile FILE SHA256; elsewhere: sha256sum "
                    "FILE). It must be the one that stands above."
                ),
                *anchored.steps(),
            )
        ),
    )


def _add_limits(paper: Paper, masking: Masking) -> None:
    limits = [
        _(
            "That the post was never changed before it was first kept. What can be shown is that nothing was "
            "changed since."
        ),
        _("Who wrote it, beyond the name of the account: whoever can sign in to an account can post."),
        _("That what it says is true."),
        _("That a post which a later export lacks was deleted: the export does not say why."),
        _("At what instant exactly a post was deleted or edited, where only a day or a span is given."),
    ]
    if not masking.names_shown:
        limits.append(
            _(
                "Who the private people are: their names and handles are left out, also where a text names "
                "them. The exact bytes hold them."
            )
        )
    paper.add(
        Heading(_("What this certificate does not say")),
        Steps(tuple(limits), numbered=False),
        Text(explanation()),
    )
