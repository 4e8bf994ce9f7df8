"""A site's export in the layout that WordPress writes (WXR)."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

SITE = "https://council.example"
CONTENT = "http://purl.org/rss/1.0/modules/content/"


def tag(name: str, value: object) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def tags(prefix: str, values: dict) -> str:
    return "".join(tag(f"{prefix}{name}", value) for name, value in values.items())


class WordPress:
    """What a site has published; `write` makes the file of it."""

    def __init__(self, version: str = "1.2"):
        self.version = version
        self.items: list[str] = []
        self.made = "Sat, 01 Jun 2024 09:30:00 +0000"
        self.authors = tags(
            "wp:",
            {
                "author_id": 3,
                "author_login": "press",
                "author_email": "press@council.example",
                "author_display_name": "Press Office",
            },
        )

    def post(self, number: int, title: str, content: str, *inside: str, **more: object) -> str:
        """Publish; returns the item as it stands in the file. `more`: other tags of WordPress's."""
        said = {
            "post_id": number,
            "post_date_gmt": "2024-05-01 09:00:00",
            "status": "publish",
            "post_type": "post",
            "post_password": "",
        } | more
        item = (
            f"<item>{tag('title', title)}{tag('link', f'{SITE}/{number}/')}{tag('dc:creator', 'press')}"
            f"<content:encoded><![CDATA[{content}]]></content:encoded>"
            f"{tags('wp:', said)}{''.join(inside)}</item>"
        )
        self.items.append(item)
        return item

    def bytes(self) -> bytes:
        spaces = (
            f'xmlns:content="{CONTENT}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:wp="http{"s" if self.version == "1.2" else ""}://wordpress.org/export/{self.version}/"'
        )
        authors = "" if self.version == "1.0" else f"<wp:author>{self.authors}</wp:author>"
        return (
            f'<?xml version="1.0" encoding="UTF-8" ?>\n<rss version="2.0" {spaces}>\n<channel>\n'
            f"<title>Strathtay Council</title><link>{SITE}</link><pubDate>{self.made}</pubDate>"
            f"<language>en-GB</language>{tag('wp:wxr_version', self.version)}"
            f"<wp:base_blog_url>{SITE}</wp:base_blog_url>{authors}\n"
            f"{chr(10).join(self.items)}\n</channel></rss>\n"
        ).encode()

    def write(self, path: Path) -> Path:
        path.write_bytes(self.bytes())
        return path


def comment(number: int, text: str, **more: object) -> str:
    said = {
        "comment_id": number,
        "comment_author": "Jo Reader",
        "comment_author_email": "jo@mail.example",
        "comment_author_url": "https://jo.example",
        "comment_author_IP": "192.0.2.7",
        "comment_date_gmt": "2024-05-02 10:00:00",
        "comment_content": text,
        "comment_approved": 1,
        "comment_type": "comment",
        "comment_parent": 0,
        "comment_user_id": 0,
    } | more
    return f"<wp:comment>{tags('wp:', said)}</wp:comment>"


def meta(key: str, value: object) -> str:
    return f"<wp:postmeta>{tag('wp:meta_key', key)}{tag('wp:meta_value', value)}</wp:postmeta>"
