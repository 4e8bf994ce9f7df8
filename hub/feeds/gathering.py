"""From a subject to its feed, as an actor sees it at this moment."""

from urllib.parse import urlencode

from hub.content.models import GUIDANCE as GUIDANCE_PAGE
from hub.core.language import page_language
from hub.core.policy import Actor
from hub.core.site import address

from . import wording
from .entries import NOTHING_YET, Feed
from .naming import tag
from .of_examples import found_examples
from .of_guidance import found_guidance
from .of_items import Found, found_items
from .of_posts import found_by_words, found_posts
from .subjects import EXAMPLES, GUIDANCE, Subject


def feed_of(actor: Actor, subject: Subject, own: str, name: str = "", cursor: str | None = None) -> Feed:
    """own: the address of the feed's first page, without a host. name: of a feed of its own, beside the open
    one of the same subject; it must not open anything."""
    entries, gone, older = _found(actor, subject, cursor)
    return Feed(
        id=tag(f"{subject.address}{name}", NOTHING_YET),
        title=wording.title_of(subject),
        about=wording.about(subject),
        home=address(subject.page),
        own=address(_after(own, cursor)),
        language=page_language(),
        entries=entries,
        gone=gone if cursor is None else (),
        older=address(_after(own, older)) if older else "",
    )


def _found(actor: Actor, subject: Subject, cursor: str | None) -> Found:
    if subject.kind == EXAMPLES:
        return found_examples(actor, subject, cursor)
    is_page = subject.item is not None and subject.item.kind == GUIDANCE_PAGE
    if subject.kind == GUIDANCE or is_page:
        return found_guidance(actor, subject, cursor)
    if subject.item is not None:
        return found_posts(actor, subject, cursor)
    if subject.wanted.words:
        return found_by_words(actor, subject.wanted)
    return found_items(actor, subject, cursor)


def _after(own: str, cursor: str | None) -> str:
    if not cursor:
        return own
    return f"{own}{'&' if '?' in own else '?'}{urlencode({'after': cursor})}"
