"""What a page says: its title and main text, and who it says wrote it, and when."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree, html

from hub.archive.adapters.fields import as_dict, as_word, dicts, iso_time
from hub.archive.adapters.plain_text import from_html

LONGEST_TITLE = 300
LONGEST_NAME = 200
# Data about a page that stands in it (JSON-LD); longer ones hold the page a second time.
LONGEST_DATA = 200_000

# What a reader passes over: navigation, forms, and what is beside the matter.
BESIDE = frozenset(
    {"script", "style", "noscript", "template", "nav", "aside", "form", "button", "select", "svg", "iframe",
     "dialog"}
)  # fmt: skip
BESIDE_ROLES = frozenset({"navigation", "search", "banner", "contentinfo", "complementary", "dialog", "menu"})
# Of the page itself; within an article they are part of it.
FRAME = frozenset({"header", "footer"})

# Found by libxml2 itself: a page can have half a million elements.
_BESIDE_PATH = "//*[@hidden or {} or {}]".format(
    " or ".join(f"self::{name}" for name in sorted(BESIDE | FRAME)),
    " or ".join(f"@role='{role}'" for role in sorted(BESIDE_ROLES)),
)

POSTS = frozenset({"SocialMediaPosting", "DiscussionForumPosting", "Comment"})
ARTICLES = POSTS | {"Article", "NewsArticle", "BlogPosting", "Report", "WebPage", "Question"}

_SPACE = re.compile(r"\s+")
_QUOTED = re.compile(r"^[“\"](.*)[”\"]$", re.DOTALL)


@dataclass(slots=True)
class PageText:
    """What was read of a page; "" and None for what it does not say.

    `post`: the text of the one post that the page shows, as its own data give it.
    """

    title: str = ""
    text: str = ""
    site: str = ""
    author: str = ""
    language: str = ""
    post: str = ""
    posted_at: datetime | None = None
    changed_at: datetime | None = None
    object_id: str = ""  # the platform's own name of the post, where the page states it
    meta: dict[str, str] = field(default_factory=dict)


def read_page(tree: html.HtmlElement) -> PageText:
    """Read a parsed page; the tree is left without what is beside the matter."""
    meta = _meta(tree)
    data = next((one for one in _data(tree)), {})
    found = PageText(
        title=_short(meta.get("og:title") or _first(tree, "//title") or _first(tree, "//h1"), LONGEST_TITLE),
        site=_short(meta.get("og:site_name", ""), LONGEST_NAME),
        author=_short(_author(data) or meta.get("author") or meta.get("article:author", ""), LONGEST_NAME),
        language=_language(tree.get("lang") or meta.get("og:locale", "")),
        posted_at=iso_time(data.get("datePublished")) or iso_time(meta.get("article:published_time")),
        changed_at=iso_time(data.get("dateModified")) or iso_time(meta.get("article:modified_time")),
        post=_post_text(data, meta),
        object_id=_object_id(tree),
        meta=meta,
    )
    found.text = main_text(tree)
    return found


def main_text(tree: html.HtmlElement) -> str:
    """The text of the page's matter: of its <main> or its one <article> where it has one, else of its body,
    without navigation, forms and what is beside it."""
    for node in tree.xpath(_BESIDE_PATH):
        within = node.tag in FRAME and node.xpath("ancestor::article or ancestor::main")
        if not within and node.getparent() is not None:
            node.drop_tree()
    matter = _matter(tree)
    return from_html(etree.tostring(matter, encoding="unicode", method="html", with_tail=False))


def _matter(tree):
    for path in ("//main", "//*[@role='main']", "//article"):
        found = tree.xpath(path)
        if len(found) == 1 and found[0].text_content().strip():
            return found[0]
    body = tree.find("body")
    return tree if body is None else body


# What a page says about itself.


def _meta(tree) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in tree.iter("meta"):
        name = one.get("property") or one.get("name")
        if name and one.get("content"):
            found.setdefault(name.lower()[:100], one.get("content")[:20_000])
    return found


def _data(tree) -> Iterator[dict]:
    """Its own data (JSON-LD) about what it shows, posts first."""
    found = [one for script in tree.iter("script") for one in _parsed(script)]
    kinds = ((one, set(_kinds(one))) for one in found)
    about = [(one, kind) for one, kind in kinds if kind & ARTICLES]
    yield from (one for one, kind in about if kind & POSTS)
    yield from (one for one, kind in about if not kind & POSTS)


def _parsed(script) -> list[dict]:
    text = script.text or ""
    if (script.get("type") or "").strip().lower() != "application/ld+json" or len(text) > LONGEST_DATA:
        return []
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    values = dicts(value) or [as_dict(value)]
    graph = [inner for one in values for inner in dicts(one.get("@graph"))]
    main = [as_dict(one.get("mainEntity")) for one in (*values, *graph)]
    return [*main, *values, *graph]


def _kinds(one: dict) -> list[str]:
    kind = one.get("@type")
    return [part for part in (kind if isinstance(kind, list) else [kind]) if isinstance(part, str)]


def _author(data: dict) -> str:
    who = data.get("author")
    one = next(iter(dicts(who)), None) or as_dict(who)
    return as_word(one.get("name")) or (as_word(who) or "")


def _post_text(data: dict, meta: dict[str, str]) -> str:
    """The text of the post that the page is of, where the page itself gives it apart from all else."""
    if POSTS & set(_kinds(data)):
        said: Any = data.get("articleBody") or data.get("text")
        if isinstance(said, str) and said.strip():
            return from_html(said)
    described = meta.get("og:description", "").strip()
    quoted = _QUOTED.match(described)
    return (quoted[1] if quoted else described).strip()


def _object_id(tree) -> str:
    """The name by which the federated web knows the post: pages link to it as another form of themselves."""
    for one in tree.iter("link"):
        address = (one.get("href") or "").strip()
        if "alternate" not in (one.get("rel") or "").lower().split():
            continue
        if address.startswith("at://") or (one.get("type") or "").lower() == "application/activity+json":
            return address[:500]
    return ""


def _first(tree, path: str) -> str:
    found = tree.xpath(path)
    return found[0].text_content() if found else ""


def _short(text: str, longest: int) -> str:
    return _SPACE.sub(" ", text).strip()[:longest]


def _language(stated: str) -> str:
    return stated.strip().replace("_", "-")[:10].rstrip("-")
