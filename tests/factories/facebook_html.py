"""Writes Facebook's export as HTML, in the classes of before and after 2021; everything in it is invented."""

from __future__ import annotations

import html
import zipfile
from pathlib import Path

from tests.factories.zips import write_zip

NEW = {
    "tag": "section", "block": "_3-95 _a6-g", "header": "_2ph_ _a6-h _a6-i", "body": "_2ph_ _a6-p",
    "foot": "_3-94 _a6-o", "date": "_a72d",
}  # fmt: skip
OLD = {
    "tag": "div", "block": "pam _3-95 _2pi0 _2lej uiBoxWhite noborder", "header": "_3-96 _2pio _2lek _2lel",
    "body": "_3-96 _2let", "foot": "_3-94", "date": "_2lem",
}  # fmt: skip


class FacebookPages:
    """An export under construction; `old` writes the layout of before 2021."""

    def __init__(
        self, name: str = "Comhairle Srath Tatha", address: str = "strathtaycouncil", old: bool = False
    ):
        self.name, self.old = name, old
        self.classes = OLD if old else NEW
        self.folder = "" if old else "your_facebook_activity/"
        self.address: str | None = address
        self.posts: list[str] = []
        self.comments: list[str] = []
        self.trash: list[str] = []
        self.files: dict[str, bytes] = {}

    def block(self, heading: str, inside: str, date: str) -> str:
        c = self.classes
        return (
            f'<{c["tag"]} class="{c["block"]}"><div class="{c["header"]}">{html.escape(heading)}</div>'
            f'<div class="{c["body"]}">{inside}</div>'
            f'<footer class="{c["foot"]}"><a href="https://www.facebook.com/dyi/l/?l=A">'
            f'<div class="{c["date"]}">'
            f"{date}</div></a></footer></{c['tag']}>"
        )

    def post(self, text: str, date: str = "Jan 16, 2024 7:00:01 am", more: str = "") -> str:
        words = f'<div class="_2pin"><div>{text}</div></div>' if text else ""
        block = self.block(f"{self.name} updated their status.", words + more, date)
        self.posts.append(block)
        return block

    def comment(self, text: str, date: str = "Jan 17, 2024 8:00:02 pm") -> str:
        words = f'<div class="_2pin"><div>{text}</div></div>'
        block = self.block(f"{self.name} commented on Mairi's post.", words, date)
        self.comments.append(block)
        return block

    def picture(self, data: bytes | None, name: str = "1_n.png") -> str:
        """The HTML of a picture with its table of data; its file is in the zip unless data is None."""
        uri = f"{self.folder}posts/media/Timelinephotos_77/{name}"
        if data is not None:
            self.files[uri] = data
        return (
            f'<div class="_2pin"><div><a href="{uri}"><img src="{uri}" class="_a6_o" /></a></div>'
            '<table><tr><td class="_2pin _2piu _a6_q">Upload IP address</td></tr>'
            '<tr><td class="_2piu _a6_r">CANARY-203.0.113.9</td></tr></table></div>'
        )

    def page(self, blocks: list[str]) -> bytes:
        head = '<html><head><title>x</title><style>._a6-g{color:red}</style></head><body><div class="_a706">'
        return (head + "".join(blocks) + "</div></body></html>").encode()

    def members(self) -> dict[str, bytes]:
        posts = "your_posts_1" if self.old else "your_posts__check_ins__photos_and_videos_1"
        comments = "comments" if self.old else "comments_and_reactions"
        found = {f"{self.folder}posts/{posts}.html": self.page(self.posts)}
        if self.comments:
            found[f"{self.folder}{comments}/comments.html"] = self.page(self.comments)
        if self.trash:
            found[f"{self.folder}posts/trash.html"] = self.page(self.trash)
        if self.address:
            address = f"https://www.facebook.com/{self.address}"
            about = f'<html><a href="{address}">x</a> CANARY-owner@example.org</html>'
            private = "" if self.old else "personal_information/"
            found[f"{private}profile_information/profile_information.html"] = about.encode()
        found[f"{self.folder}messages/inbox/a/message_1.html"] = self.page(
            [self.block("A", "CANARY-MESSAGE", "")]
        )
        return found | self.files

    def write(self, path: Path, *, prefix: str = "", packed: bool = True) -> Path:
        files = ((prefix + name, data) for name, data in self.members().items())
        return write_zip(path, files, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
