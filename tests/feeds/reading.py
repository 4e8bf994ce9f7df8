"""Reading feeds as programs do: strictly, by the rules of each format that the W3C's validator checks."""

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser
from lxml import etree, html

FORMATS = ("atom", "rss", "json")
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
HOST = "http://localhost"


def read(client: Any, path: str, written: str = "atom") -> Any:
    """The feed at a page's address, checked, as feedparser reads it (JSON as it is)."""
    base, mark, query = path.partition("?")
    return read_at(client, f"{base.rstrip('/')}/feed.{written}{mark}{query}", written)


def read_at(client: Any, address: str, written: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer.content_type == f"{TYPES[written]}; charset=utf-8"
    check = {"atom": check_atom, "rss": check_rss, "json": check_json}[written]
    check(answer.data, address)
    if written == "json":
        return json.loads(answer.data)
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.content_type})
    assert not found.bozo, found.get("bozo_exception")
    return found


def titles(feed: Any) -> list[str]:
    entries = feed.entries if isinstance(feed, feedparser.FeedParserDict) else feed["items"]
    return [entry["title"] for entry in entries]


def gone(client: Any, path: str) -> list[str]:
    """The ids of the tombstones in the Atom feed of a page."""
    root = etree.fromstring(client.get(f"{path.rstrip('/')}/feed.atom").data)
    return [stone.get("ref") for stone in root.iter(f"{TOMBSTONES}deleted-entry")]


def check_atom(data: bytes, address: str) -> None:
    """RFC 4287: what must be there once, dates, absolute addresses, ids of their own."""
    root = etree.fromstring(data)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == HOST + address
    entries = root.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries] + [root.findtext(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    for one in ids:
        assert re.fullmatch(r"tag:localhost,\d{4}-\d\d-\d\d:\S*", one), one
    for stone in root.iter(f"{TOMBSTONES}deleted-entry"):
        assert stone.get("ref") not in ids
        assert RFC3339.fullmatch(stone.get("when"))
    for entry in entries:
        for name in ("id", "title", "updated", "published", "content"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1, name
        assert entry.findtext(f"{ATOM}author/{ATOM}name").strip()
        assert entry.findtext(f"{ATOM}title").strip()
        assert entry.findtext(f"{ATOM}published") <= entry.findtext(f"{ATOM}updated")
        own, *files = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
        assert own == "alternate" and set(files) <= {"enclosure"}
        check_text(entry.findtext(f"{ATOM}content"))
    for element in root.iter(f"{ATOM}updated", f"{ATOM}published"):
        assert RFC3339.fullmatch(element.text)
    for link in root.iter(f"{ATOM}link"):
        assert_absolute(link.get("href"))


def check_rss(data: bytes, address: str) -> None:
    """RSS 2.0: the channel's own, dates of RFC 822, ids that are no addresses, a link to itself."""
    root = etree.fromstring(data)
    channel = root.find("channel")
    for name in ("title", "link", "description", "lastBuildDate"):
        assert len(channel.findall(name)) == 1
    own = {link.get("rel"): link.get("href") for link in channel.findall(f"{ATOM}link")}
    assert own["self"] == HOST + address
    items = channel.findall("item")
    ids = [item.findtext("guid") for item in items]
    assert len(ids) == len(set(ids))
    for element in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", element.text)
        assert parsedate_to_datetime(element.text).tzinfo is not None
    for item in items:
        assert item.find("guid").get("isPermaLink") == "false"
        assert_absolute(item.findtext("link"))
        assert item.find("author") is None  # it would have to be an e-mail address
        assert item.findtext("{http://purl.org/dc/elements/1.1/}creator").strip()
        check_text(item.findtext(f"{CONTENT}encoded"))


def check_json(data: bytes, address: str) -> None:
    """JSON Feed 1.1."""
    feed = json.loads(data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == HOST + address
    for name in ("home_page_url", "feed_url", "next_url"):
        if name in feed:
            assert_absolute(feed[name])
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    for item in feed["items"]:
        assert_absolute(item["url"])
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo is not None
        assert all(author["name"] for author in item["authors"])
        assert all(isinstance(tag, str) and tag for tag in item.get("tags", []))
        check_text(item["content_html"])


def check_text(text: str) -> None:
    """Links and pictures are absolute, pictures are described, nothing runs or needs the hub's styles."""
    tree = html.fragment_fromstring(text, create_parent="div")
    for element in tree.iter():
        assert element.tag not in {"script", "style", "iframe", "form", "input", "object"}
        assert not {"class", "id", "style"} & set(element.attrib), element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        for name in ("href", "src"):
            if name in element.attrib:
                assert_absolute(element.get(name))
        if element.tag == "img":
            assert element.get("alt")


def assert_absolute(address: str) -> None:
    split = urlsplit(address)
    assert split.scheme == "mailto" or (split.scheme in {"http", "https"} and split.netloc), address
