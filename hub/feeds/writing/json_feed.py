"""JSON Feed 1.1."""

import json
from typing import Any

from hub.feeds.entries import Entry, Feed

from .xml import rfc3339

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    told = {
        "version": VERSION,
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.home,
        "feed_url": feed.own,
        "next_url": feed.older,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    kept = {name: value for name, value in told.items() if value != ""}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, Any]:
    told = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": str(entry.html),
        "summary": entry.summary,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": [{"name": entry.author}],
        "tags": [label for _term, label in entry.tags],
        "attachments": [
            {"url": file.url, "mime_type": file.media_type, "title": file.name, "size_in_bytes": file.size}
            for file in entry.files
        ],
    }
    return {name: value for name, value in told.items() if value not in ("", [])}
