"""Masks private people on what leaves a collection. Pure: one function for cards, evidence and indexes.

Whoever is not an organisation, an office holder or a member writing as such is private. Their name, handle
and address are taken off, and so is every mention of an account that is not known to be public. The
original stays as it is; a keeper unmasks by other means, with a reason.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from .showing import ShownPost

# What stands where a handle stood. Not a word: it reads the same in every language.
MASK = "@…"

# Handles as platforms write them, also with a server behind (Mastodon); not the middle of an address.
HANDLE = re.compile(r"(?<![\w@/.])@\w[\w.-]*\w(?:@[\w.-]+\w)?|(?<![\w@/.])@\w")
ADDRESS = re.compile(r"https?://\S+")

# Addresses on these name a person in their first part, or by the number of one of their posts.
PEOPLES_HOSTS = {"twitter.com", "x.com", "mobile.twitter.com", "www.twitter.com", "www.x.com"}


def mask(post: ShownPost) -> ShownPost:
    """The post without what names private people. Masking twice changes nothing more."""
    known = post.known_handles
    masked = replace(
        post,
        text=mask_text(post.text, known),
        mentions=tuple(handle for handle in post.mentions if handle.lower() in known),
        links=tuple(pair for pair in post.links if not _names_somebody(pair[1], known)),
        media=tuple(replace(one, alt=mask_text(one.alt, known)) for one in post.media),
    )
    if not post.private:
        return masked
    return replace(masked, name="", handle="", url="", masked=True)


def mask_text(text: str, known_handles: frozenset[str]) -> str:
    """Text in which only accounts known to be public are mentioned. known_handles: in lower case."""

    def handle(found: re.Match[str]) -> str:
        plain = found.group()[1:].lower()
        return found.group() if plain in known_handles or plain.rstrip(".-") in known_handles else MASK

    def address(found: re.Match[str]) -> str:
        return MASK if _names_somebody(found.group(), known_handles) else found.group()

    return HANDLE.sub(handle, ADDRESS.sub(address, text))


def _names_somebody(address: str, known_handles: frozenset[str]) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return True  # what cannot be read cannot be judged
    if (parts.hostname or "").lower() not in PEOPLES_HOSTS:
        return False
    first = parts.path.strip("/").partition("/")[0].lower()
    return bool(first) and first not in known_handles
