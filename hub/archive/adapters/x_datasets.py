"""Which files of an X archive are read, and which are left out: an allow-list.

What is not named here is left out, so a kind of file that X adds next year stays private until somebody
has decided about it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# The same data has had several names: tweet.js until 2020, tweets.js since; "-part1" for what follows.
POSTS = {"tweets", "tweet", "community_tweet"}
DELETED_POSTS = {"deleted_tweets", "deleted_tweet"}
DELETED_HEADERS = {"deleted_tweet_headers"}
LONG_TEXTS = {"note_tweet", "deleted_note_tweet"}
ACCOUNT = {"account"}
PROFILE = {"profile"}
HANDLES = {"screen_name_change"}
MANIFEST = {"manifest"}
HEADERS_ONLY = {"tweet_headers", "community_tweet_headers"}

READ = POSTS | DELETED_POSTS | DELETED_HEADERS | LONG_TEXTS | ACCOUNT | PROFILE | HANDLES | MANIFEST

# Where a post's pictures lie, newer name first.
MEDIA_FOLDERS = {
    "tweets_media", "tweet_media", "deleted_tweets_media", "deleted_tweet_media", "community_tweet_media",
}  # fmt: skip

# Only to say in the report what kind of thing was left out; being absent here lets nothing in.
PRIVATE = {
    "direct_messages", "direct_messages_group", "direct_message_headers", "direct_message_group_headers",
    "direct_message", "direct_message_group", "direct_message_mute",
    "deleted_direct_messages", "encrypted_direct_messages", "ip_audit", "contact", "email_address_change",
    "phone_number", "device_token", "connected_application", "key_registry", "ni_devices", "ageinfo",
    "account_creation_ip", "account_timezone", "protected_history", "sso", "verified",
    "verified_organization",
    "block", "mute", "follower", "following", "personalization", "saved_search", "professional_data",
    "grok_chat_item", "payment", "shop_account", "spaces_metadata",
}  # fmt: skip

PART = re.compile(r"_part\d+$")


def dataset_of(name: str) -> str:
    """The dataset a file belongs to, from its name: "data/tweets-part2.js" gives "tweets"."""
    return PART.sub("", PurePosixPath(name).stem.replace("-", "_").lower())


def part_number(name: str) -> int:
    """Files of a dataset are read in the order of their parts; the first has no number."""
    found = re.search(r"-part(\d+)$", PurePosixPath(name).stem)
    return int(found.group(1)) if found else 0


def is_data_file(name: str, folder: str) -> bool:
    """Whether a member is one of the JavaScript files directly in the data folder."""
    return name.startswith(folder) and name.endswith(".js") and "/" not in name[len(folder) :]


def why_left_out(dataset: str) -> str:
    if dataset in HEADERS_ONLY:
        return "headers_only"
    return "private" if dataset in PRIVATE or "message" in dataset else "not_posts"
