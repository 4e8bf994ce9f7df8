"""Which post an address names: the platform, the platform's own id of it, and the handle if it tells.

An address is what people have; exports and captures go by the platform's own ids. Where an address holds the
id, both are the same post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from .platforms import PLATFORMS, platform_code

WEB = "web"


@dataclass(frozen=True)
class Address:
    """`post_id`: the platform's own, as adapters give it; for other pages their address without its fragment.

    `sure`: the address holds the platform's id. Otherwise the same post may be kept under another id.
    """

    platform: str
    post_id: str
    handle: str = ""
    sure: bool = True


# Of each platform: what of the path is the id, and the handle where there is one.
_POSTS = {
    "x": re.compile(r"/(?:i/web|(?P<handle>\w{1,20}))/status(?:es)?/(?P<id>\d{1,20})(?:/|$)"),
    "tiktok": re.compile(r"/@(?P<handle>[\w.]+)/(?:video|photo)/(?P<id>\d+)"),
    "flickr": re.compile(r"/photos/(?P<handle>[^/]+)/(?P<id>\d+)"),
    "youtube": re.compile(r"/(?:shorts|live|embed)/(?P<id>[\w-]{11})"),
    "reddit": re.compile(r"/(?:r/\w+|u(?:ser)?/[\w-]+)/comments/(?P<id>\w+)(?:/[^/]*)?/?$"),
}
_REDDIT_COMMENT = re.compile(r"/r/\w+/comments/\w+/[^/]*/(?P<id>\w+)/?$")
_BLUESKY = re.compile(r"/profile/(?P<handle>[^/]+)/post/(?P<id>[^/]+)")
_LINKEDIN_FEED = re.compile(r"/feed/update/(?P<id>urn:li:\w+:[\w-]+)")
_LINKEDIN_PAGE = re.compile(r"/posts/[^/]*?-(?P<kind>activity|share|ugcPost)-(?P<id>\d{10,20})(?:-|/|$)")
SHORT_YOUTUBE = "youtu.be"
_SHORT_VIDEO = re.compile(r"/(?P<id>[\w-]{11})(?:/|$)")
# Mastodon shows a post at one address and names it by another.
_MASTODON = re.compile(r"/(?:@(?P<handle>[\w.-]+)|users/(?P<user>[\w.-]+)/statuses)/(?P<id>\d{5,20})/?$")


def read_address(address: str) -> Address | None:
    """The post at an address; None for what is no address of the web (at:// is one of Bluesky's)."""
    if address.startswith("at://"):
        return Address("bluesky", address)
    try:
        parts = urlsplit(address.strip())
        host, _port = parts.hostname, parts.port  # a port may be no number, or too large a one
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    code = platform_code(address)
    if code in PLATFORMS:
        return _on_platform(code, parts) or _page(code, parts)
    if found := _MASTODON.fullmatch(parts.path):
        user = found["handle"] or found["user"]
        return Address("mastodon", f"https://{host}/users/{user}/statuses/{found['id']}", user)
    return _page(WEB, parts)


def _on_platform(code: str, parts) -> Address | None:
    if code == "youtube" and (known := _youtube(parts)):
        return Address(code, known)
    if code == "linkedin":
        return _linkedin(parts)
    if code == "bluesky":
        return _bluesky(parts)
    if code == "reddit" and (found := _REDDIT_COMMENT.fullmatch(parts.path)):
        return Address(code, f"t1_{found['id']}")
    found = _POSTS[code].match(parts.path) if code in _POSTS else None
    if not found:
        return None
    post_id = f"t3_{found['id']}" if code == "reddit" else found["id"]
    return Address(code, post_id, found.groupdict().get("handle") or "")


def _youtube(parts) -> str:
    """A comment, or a film; "" where the address says neither so."""
    asked = parse_qs(parts.query)
    if named := asked.get("lc") or asked.get("v"):
        return named[0]
    found = _SHORT_VIDEO.match(parts.path) if parts.hostname == SHORT_YOUTUBE else None
    return found["id"] if found else ""


def _linkedin(parts) -> Address | None:
    """A post by its name in the feed (urn:li:share:...), or by the number at the end of its own page."""
    if found := _LINKEDIN_FEED.search(unquote(parts.path)):
        return Address("linkedin", found["id"])
    found = _LINKEDIN_PAGE.match(parts.path)
    return Address("linkedin", f"urn:li:{found['kind']}:{found['id']}") if found else None


def _bluesky(parts) -> Address | None:
    """Posts are named by the account's permanent identifier (DID), which an address may or may not hold."""
    found = _BLUESKY.match(parts.path)
    if not found:
        return None
    post_id = f"at://{found['handle']}/app.bsky.feed.post/{found['id']}"
    is_did = found["handle"].startswith("did:")
    return Address("bluesky", post_id, "" if is_did else found["handle"], sure=is_did)


def _page(code: str, parts) -> Address:
    """Any page is itself: host in lower case, without what does not lead to another page."""
    port = f":{parts.port}" if parts.port else ""
    query = f"?{parts.query}" if parts.query else ""
    return Address(code, f"{parts.scheme}://{parts.hostname}{port}{parts.path or '/'}{query}", sure=False)
