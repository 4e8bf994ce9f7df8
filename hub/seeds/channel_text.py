"""A post's text as the platform keeps it: links shortened, and what was found in it told beside it."""

import re
from base64 import b32encode
from hashlib import sha256
from typing import Any

_LINK = re.compile(r"https://[^\s]+?(?=[.,;]?(?:\s|$))")
_HANDLE = re.compile(r"@(\w+)")
_TAG = re.compile(r"#(\w+)")


def short_link(address: str) -> str:
    return "https://t.co/" + b32encode(sha256(address.encode()).digest()).decode()[:10].lower()


def picture_page(handle: str, version_id: str) -> str:
    """The address of a post's picture, which the platform adds to the post's text in its short form."""
    return f"https://twitter.com/{handle}/status/{version_id}/photo/1"


def shortened(text: str) -> tuple[str, list[str]]:
    """The text with its links shortened, and the addresses in the order in which they stood."""
    return _LINK.sub(lambda match: short_link(match[0]), text), _LINK.findall(text)


Found = dict[str, list[dict[str, Any]]]


def found(text: str, addresses: list[str], ids: dict[str, tuple[str, str]]) -> Found:
    """Links, handles and tags with their places in a shortened text.

    ids: handle to (account id, name), for those that are known.
    """
    urls = []
    for address in addresses:
        start = text.index(short_link(address))
        urls.append(
            {
                "start": start,
                "end": start + len(short_link(address)),
                "url": short_link(address),
                "expanded_url": address,
                "display_url": address.removeprefix("https://")[:30],
            }
        )
    mentions = []
    for match in _HANDLE.finditer(text):
        number, name = ids.get(match[1], ("-1", match[1]))
        mentions.append(
            {"start": match.start(), "end": match.end(), "username": match[1], "id": number, "name": name}
        )
    tags = [{"start": match.start(), "end": match.end(), "tag": match[1]} for match in _TAG.finditer(text)]
    return {"urls": urls, "mentions": mentions, "hashtags": tags}
