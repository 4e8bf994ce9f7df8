"""One adapter a format. Adding a platform is one file here, one line in ADAPTERS, and one test."""

from __future__ import annotations

from hub.archive.adapters.activitystreams import ActivityStreams
from hub.archive.adapters.base import Adapter
from hub.archive.adapters.bluesky_api import BlueskyApi
from hub.archive.adapters.bluesky_car import BlueskyCar
from hub.archive.adapters.by_hand import ByHand
from hub.archive.adapters.capture_file import first_values
from hub.archive.adapters.export_files import media_kind
from hub.archive.adapters.facebook_archive import FacebookArchive
from hub.archive.adapters.facebook_html import FacebookHtml
from hub.archive.adapters.feeds import Feeds
from hub.archive.adapters.flickr import Flickr
from hub.archive.adapters.hub_bag import HubBag
from hub.archive.adapters.instagram_archive import InstagramArchive, ThreadsArchive
from hub.archive.adapters.json_feed import JsonFeed
from hub.archive.adapters.linkedin import LinkedIn
from hub.archive.adapters.mapped_table import MappedTable, NeedsColumns, is_table
from hub.archive.adapters.mastodon_archive import MastodonArchive
from hub.archive.adapters.meta_messages import MetaMessages
from hub.archive.adapters.reddit_request import RedditRequest
from hub.archive.adapters.tiktok import TikTokExport
from hub.archive.adapters.twitter_compliance import TwitterCompliance
from hub.archive.adapters.twitter_v1 import TwitterV1
from hub.archive.adapters.twitter_v2 import TwitterV2
from hub.archive.adapters.wacz import Wacz
from hub.archive.adapters.warc import Warc
from hub.archive.adapters.watched import Watched
from hub.archive.adapters.whatsapp import WhatsApp
from hub.archive.adapters.wordpress import WordPress
from hub.archive.adapters.x_archive import XArchive
from hub.archive.adapters.x_layout import starts_with_mark
from hub.archive.adapters.x_messages import XMessages
from hub.archive.adapters.youtube_takeout import YouTubeTakeout
from hub.archive.sources import Source, Unreadable

#: In the order in which they are asked; each must be sure of its own format only. Those that look at a file's
#: first bytes stand before those that read its first values, which may be large.
ADAPTERS: tuple[Adapter, ...] = (
    HubBag(),
    XArchive(),
    Wacz(),
    Warc(),
    LinkedIn(),
    RedditRequest(),
    YouTubeTakeout(),
    FacebookArchive(),
    FacebookHtml(),
    Flickr(),
    MastodonArchive(),
    InstagramArchive(),
    ThreadsArchive(),
    TikTokExport(),
    BlueskyCar(),
    WordPress(),
    Feeds(),
    JsonFeed(),
    ActivityStreams(),
    BlueskyApi(),
    TwitterCompliance(),
    TwitterV1(),
    TwitterV2(),
)

#: Private messages, for sealed collections only; asked first, so that no chat is taken for a table.
SEALED: tuple[Adapter, ...] = (
    HubBag(sealed=True),
    WhatsApp(),
    XMessages(),
    MetaMessages(),
)

#: What these yield is read when it is asked for, from files that they laid aside: in this process only.
LAY_ASIDE = (HubBag, Wacz, Warc)

#: What the hub makes itself. An upload is never taken for one: anybody could forge who saw what.
MADE_HERE: list[Adapter] = [ByHand()]


def recognise(source: Source, *, sealed: bool = False) -> Adapter:
    """The adapter for what the source holds. Raises Unreadable with the reason, for the person; NeedsColumns
    for a table of which somebody has to say what its columns are.

    sealed: for a sealed collection, which takes private messages and nothing that is public. No other
    collection takes them.
    """
    private = next((one for one in SEALED if one.recognises(source)), None)
    if sealed and private:
        return private
    public = next((one for one in ADAPTERS if one.recognises(source)), None)
    if public and not sealed:
        return public
    if private or public:
        raise Unreadable("sealed_takes_messages" if sealed else "private_messages")
    if is_table(source):
        raise NeedsColumns
    raise Unreadable(_why_unknown(source))


def adapter_named(name: str) -> Adapter | None:
    return next(
        (adapter for adapter in (*ADAPTERS, *SEALED, *MADE_HERE, MappedTable) if adapter.name == name), None
    )


def made_here(name: str) -> Adapter | None:
    return next((adapter for adapter in MADE_HERE if adapter.name == name), None)


# Its answers are in the formats above.
MADE_HERE.append(Watched(recognise))


def _only_pictures(source: Source) -> bool:
    """Whether it is a further part of an export that came in several zips: pictures, films, no data."""
    kinds = [media_kind(member.name) for member in source.members() if not member.name.endswith("/")]
    return bool(kinds) and all(kinds)


def _why_unknown(source: Source) -> str:
    if source.holds_files and _only_pictures(source):
        return "only_pictures"
    members = [] if source.holds_files else list(source.members())
    if any(starts_with_mark(source, member.name) for member in members):
        return "one_file_of_archive"
    if not source.holds_files and not first_values(source):
        return "nothing_readable"
    return "unknown_format"
