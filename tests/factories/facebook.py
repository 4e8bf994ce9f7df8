"""Writes Facebook's "Download your information" in the exact layouts, as JSON; everything in it is invented.

export = FacebookExport(name="Comhairle Srath Tatha", address="strathtaycouncil")
export.post("Schools are closed today.", at="2024-01-16T07:00")
export.write(path)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.factories.x_archive import moment
from tests.factories.zips import write_zip

NEW = "your_facebook_activity/"


def seconds(at: str) -> int:
    return int(moment(at).timestamp())


def mangled(value: Any) -> Any:
    """As Meta writes text: each byte of its UTF-8 a character of its own, keys too."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [mangled(one) for one in value]
    if isinstance(value, dict):
        return {mangled(key): mangled(one) for key, one in value.items()}
    return value


def as_json(value: Any) -> bytes:
    return json.dumps(mangled(value), indent=2).encode()


class MetaZip:
    """A zip of files under names; a value that is not bytes is written as Meta writes JSON."""

    def __init__(self):
        self.files: dict[str, Any] = {}

    def members(self) -> dict[str, Any]:
        return self.files

    def write(self, path: Path, *, prefix: str = "") -> Path:
        files = (
            (prefix + name, value if isinstance(value, bytes) else as_json(value))
            for name, value in self.members().items()
        )
        return write_zip(path, files)


class FacebookExport(MetaZip):
    """An export under construction. `old` writes the folders of before 2023. Rows may be changed at will."""

    def __init__(
        self,
        name: str = "Comhairle Srath Tatha",
        address: str = "strathtaycouncil",
        registered: str = "2011-04-01T08:00",
        old: bool = False,
    ):
        super().__init__()
        self.old = old
        self.folder = "" if old else NEW
        self.profile: dict | None = {
            "name": {"full_name": name, "first_name": name},
            "emails": {"emails": ["CANARY-owner@example.org"]},
            "birthday": {"year": 1970},
            "profile_uri": f"https://www.facebook.com/{address}",
            "registration_timestamp": seconds(registered),
        }
        self.name = name
        self.posts: list[dict] = []
        self.comments: list[dict] = []
        self.group_posts: list[dict] = []
        self.group_comments: list[dict] = []
        self.archived: list[dict] = []
        self.trash: list[dict] = []
        self.edits: list[dict] = []
        self.elsewhere: list[dict] = []

    def post(self, text: str | None, at: str, **more) -> dict:
        row = {
            "timestamp": seconds(at),
            "attachments": [],
            "data": [],
            "title": f"{self.name} posted.",
        } | more
        if text is not None:
            row["data"].append({"post": text})
        self.posts.append(row)
        return row

    def edited(self, row: dict, text: str, at: str) -> dict:
        """The post as a later export has it: the new text, and when it was changed."""
        row["data"] = [{"post": text}, {"update_timestamp": seconds(at)}]
        return row

    def edit(self, number: str, text: str, at: str) -> dict:
        row = {
            "timestamp": seconds(at),
            "media": [],
            "label_values": [{"label": "Text", "value": text}],
            "fbid": number,
        }
        self.edits.append(row)
        return row

    def labelled(self, text: str, at: str, number: str = "1234567890123") -> dict:
        return {
            "timestamp": seconds(at),
            "media": [],
            "label_values": [
                {"label": "URL", "value": "https://www.facebook.com/x", "href": "https://www.facebook.com/x"},
                {"label": "Message", "value": text},
            ],
            "fbid": number,
        }

    def comment(self, text: str, at: str, *, group: str = "") -> dict:
        said = {"timestamp": seconds(at), "comment": text, "author": self.name}
        row = {
            "timestamp": seconds(at),
            "data": [{"comment": said | ({"group": group} if group else {})}],
            "title": f"{self.name} commented on Mairi Bhàn's post.",
        }
        (self.group_comments if group else self.comments).append(row)
        return row

    def group_post(self, text: str, at: str) -> dict:
        row = {"timestamp": seconds(at), "data": [{"post": text}], "title": f"{self.name} posted in a group."}
        self.group_posts.append(row)
        return row

    def picture(self, row: dict, data: bytes | None, *, name: str = "1_n_2.png", caption: str = "") -> str:
        """Adds a picture to a post; returns the member that holds it (it is not there if data is None)."""
        uri = f"{self.folder}posts/media/Timelinephotos_77/{name}"
        media = {
            "uri": uri,
            "creation_timestamp": row["timestamp"],
            "media_metadata": {"photo_metadata": {"exif_data": [{"upload_ip": "CANARY-203.0.113.9"}]}},
            "title": "Timeline photos",
            "description": caption,
        }
        row.setdefault("attachments", []).append({"data": [{"media": media}]})
        if data is not None:
            self.files[uri] = data
        return uri

    def private_matter(self) -> FacebookExport:
        messages = {"participants": [{"name": "A"}], "messages": [{"content": "CANARY-MESSAGE"}]}
        private = "" if self.old else "personal_information/"
        self.files |= {
            f"{self.folder}messages/inbox/a_1/message_1.json": messages,
            f"{self.folder}messages/inbox/a_1/photos/1.jpg": b"CANARY-PICTURE",
            f"{self.folder}comments_and_reactions/likes_and_reactions_1.json": [{"x": "CANARY-LIKE"}],
            f"{private}search/your_search_history.json": {"searches_v2": ["CANARY-SEARCH"]},
            "security_and_login_information/ip.json": {"used_ip_address_v2": ["CANARY-203.0.113.7"]},
            "start_here.html": b"<html></html>",
        }
        return self

    def members(self) -> dict[str, Any]:
        names = self._names()
        private = "" if self.old else "personal_information/"
        found: dict[str, Any] = {}
        if self.profile:
            key = "profile" if self.old else "profile_v2"
            found[f"{private}profile_information/profile_information.json"] = {key: self.profile}
        for name, value in names.items():
            found[self.folder + name] = value
        return found | self.files

    def _names(self) -> dict[str, Any]:
        if self.old:
            return {
                "posts/your_posts_1.json": self.posts,
                "comments/comments.json": {"comments": self.comments},
                "groups/your_posts_and_comments_in_groups.json": {
                    "group_posts": {"activity_log_data": self.group_posts}
                },
            }
        return {
            "posts/your_posts__check_ins__photos_and_videos_1.json": self.posts,
            "posts/archive.json": self.archived,
            "posts/trash.json": {"trash_v2": self.trash},
            "posts/edits_you_made_to_posts.json": self.edits,
            "posts/posts_on_other_pages_and_profiles.json": self.elsewhere,
            "comments_and_reactions/comments.json": {"comments_v2": self.comments},
            "groups/group_posts_and_comments.json": {"group_posts_v2": self.group_posts},
            "groups/your_comments_in_groups.json": {"group_comments_v2": self.group_comments},
        }
