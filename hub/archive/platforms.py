"""What platforms are called, and whose page an address on them leads to. One line a platform.

The code is kept with every account and post; a platform that is not here is shown by its code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _

# A platform's own name of an account, a post or a version: a number, or an address on the federated web.
LONGEST_ID = 500

# The platform's name on the day of a post: Twitter became X.
RENAMED = datetime(2023, 7, 24, tzinfo=UTC)

WWW = re.compile(r"^(?:www|m|mobile|old)\.")
# Platforms also have a host for each country or language (uk.linkedin.com, en-gb.facebook.com).
OF_A_PLATFORM = re.compile(r"^(?:www|m|mobile|old|new|web|[a-z]{2}(?:-[a-z]{2})?)\.")
FIRST_OF_PATH = re.compile(r"/@?([^/]+)")
AFTER_AT = re.compile(r"/@([^/]+)")


@dataclass(frozen=True)
class Platform:
    """`name`: what it is called. `hosts`: where its people have pages. `person`: finds the handle in such a
    page's path; what it does not find leads to nobody in particular."""

    name: str
    hosts: tuple[str, ...] = ()
    person: re.Pattern[str] = FIRST_OF_PATH


PLATFORMS = {
    "x": Platform("X", ("twitter.com", "x.com")),
    "facebook": Platform("Facebook", ("facebook.com", "fb.com")),
    "instagram": Platform("Instagram", ("instagram.com",)),
    "threads": Platform("Threads", ("threads.net", "threads.com"), AFTER_AT),
    "mastodon": Platform("Mastodon (Fediverse)"),
    "bluesky": Platform("Bluesky", ("bsky.app",), re.compile(r"/profile/([^/]+)")),
    "linkedin": Platform("LinkedIn", ("linkedin.com",), re.compile(r"/in/([^/]+)")),
    "youtube": Platform(
        "YouTube", ("youtube.com", "youtu.be"), re.compile(r"/(?:@|user/|c/|channel/)([^/]+)")
    ),
    "flickr": Platform("Flickr", ("flickr.com",), re.compile(r"/(?:photos|people)/([^/]+)")),
    "tiktok": Platform("TikTok", ("tiktok.com",), AFTER_AT),
    "reddit": Platform("Reddit", ("reddit.com",), re.compile(r"/(?:u|user)/([^/]+)")),
    "wordpress": Platform("WordPress"),
    "whatsapp": Platform("WhatsApp"),
}  # fmt: skip

HOSTS = tuple(host for platform in PLATFORMS.values() for host in platform.hosts)
_BY_HOST = {host: code for code, platform in PLATFORMS.items() for host in platform.hosts}
# Anywhere in the federated web a profile's address ends like this.
_FEDERATED = re.compile(r"/(?:@|users/|u/)([^/]+)")


def platform_name(code: str, at: datetime | None = None) -> str:
    """What a platform was called when something was posted there; without a moment, what it is called."""
    if code == "x":
        renamed = at is None or at >= RENAMED
        return _("X (formerly Twitter)") if renamed else _("Twitter (now X)")
    if code == "web":
        return _("A website")
    return PLATFORMS[code].name if code in PLATFORMS else code


def platform_code(address: str) -> str | None:
    """The platform that an address lies on, by its host; None for the rest of the web. Raises ValueError."""
    host = (urlsplit(address).hostname or "").lower()
    return _BY_HOST.get(host) or _BY_HOST.get(OF_A_PLATFORM.sub("", host))


def person_at(address: str) -> str | None:
    """The handle of the person whose page or post an address leads to, in lower case, without "@".

    None where it leads to nobody in particular. Raises ValueError for what is no address.
    """
    code = platform_code(address)
    parts = urlsplit(address)
    found = (PLATFORMS[code].person if code else _FEDERATED).match(parts.path)
    if not found:
        return None
    handle = found[1].casefold()
    # In the Fediverse a handle holds its server; /@user@server is somebody of another one.
    return handle if code or "@" in handle else f"{handle}@{WWW.sub('', parts.hostname or '')}"
