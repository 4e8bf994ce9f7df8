"""Writes Instagram's and Threads' exports in the exact layouts, as JSON; everything in it is invented."""

from __future__ import annotations

from typing import Any

from tests.factories.facebook import MetaZip, seconds

ACTIVITY = "your_instagram_activity/"
GERMAN = {"Username": "Benutzername", "Comment": "Kommentar", "Media Owner": "Medieninhaber", "Time": "Zeit"}


class InstagramExport(MetaZip):
    """An export under construction. `labels` says what the account's language calls the labels; `folder` is
    "content" (older) or "media"."""

    def __init__(
        self,
        username: str = "strathtay",
        folder: str = "media",
        labels: dict[str, str] | None = None,
        activity: str = ACTIVITY,
    ):
        super().__init__()
        self.username, self.folder, self.labels, self.activity = username, folder, labels or {}, activity
        self.posts: list[Any] = []
        self.reels: list[Any] = []
        self.stories: list[Any] = []
        self.archived: list[Any] = []
        self.deleted: list[Any] = []
        self.comments: list[Any] = []
        self.threads: list[Any] = []
        self.changes: list[Any] = []
        self.has_profile = True

    def picture(self, at: str, title: str = "", *, data: bytes | None = None, folder: str = "posts") -> dict:
        uri = f"media/{folder}/202401/{seconds(at)}_n.jpg"
        if data is not None:
            self.files[uri] = data
        metadata = {"photo_metadata": {"exif_data": [{"latitude": 56.5, "device_id": "CANARY-DEVICE"}]}}
        return {"uri": uri, "creation_timestamp": seconds(at), "media_metadata": metadata, "title": title}

    def post(self, text: str, at: str, pictures: int = 1, **how) -> dict:
        """One picture carries the caption itself; of several, the post does."""
        media = [self.picture(at, text if pictures == 1 else "", **how) for _ in range(pictures)]
        row = {"media": media}
        if pictures > 1:
            row |= {"title": text, "creation_timestamp": seconds(at)}
        self.posts.append(row)
        return row

    def comment(self, text: str, at: str, owner: str | None = "mairi.bhan") -> dict:
        values: dict[str, dict] = {"Comment": {"value": text}}
        if owner:
            values["Media Owner"] = {"value": owner}
        values["Time"] = {"timestamp": seconds(at)}
        row = {"media_list_data": [{"uri": ""}], "string_map_data": self._labelled(values)}
        self.comments.append(row)
        return row

    def thread(self, text: str, at: str, *, reply: bool = False) -> dict:
        media = {"uri": "", "creation_timestamp": seconds(at), "title": text}
        row = {"media": [media | {"text_app_post": {"is_reply": reply, "reply_control": "everyone"}}]}
        self.threads.append(row)
        return row

    def renamed(self, before: str, after: str, at: str) -> None:
        values = {
            "Changed": {"value": self.labels.get("Username", "Username")},
            "Previous Value": {"value": before},
            "New Value": {"value": after},
            "Change Date": {"timestamp": seconds(at)},
        }
        self.changes.append({"title": "", "media_map_data": {}, "string_map_data": self._labelled(values)})
        self.username = after

    def private_matter(self) -> InstagramExport:
        self.files |= {
            f"{self.activity}messages/inbox/a_1/message_1.json": {
                "messages": [{"content": "CANARY-MESSAGE"}]
            },
            f"{self.activity}messages/inbox/a_1/photos/1.jpg": b"CANARY-PICTURE",
            f"{self.activity}likes/liked_posts.json": {"likes_media_likes": [{"title": "CANARY-LIKE"}]},
            "connections/followers_and_following/followers_1.json": [{"x": "CANARY-FOLLOWER"}],
            "security_and_login_information/login.json": {"x": "CANARY-203.0.113.7"},
        }
        return self

    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.has_profile:
            values = {
                "Email": {"value": "CANARY-owner@example.org", "timestamp": 0},
                "Phone Number": {"value": "+441632960000"},
                "Username": {"value": self.username},
                "Name": {"value": "Comhairle Srath Tatha"},
                "Bio": {"value": "Naidheachdan"},
            }
            row = {"title": "User Information", "string_map_data": self._labelled(values)}
            found["personal_information/personal_information/personal_information.json"] = {
                "profile_user": [row]
            }
        if self.changes:
            changes = {"profile_profile_change": self.changes}
            found["personal_information/personal_information/profile_changes.json"] = changes
        below = f"{self.activity}{self.folder}/"
        held = {
            f"{below}posts_1.json": self.posts,
            f"{below}reels.json": {"ig_reels_media": self.reels},
            f"{below}stories.json": {"ig_stories": self.stories},
            f"{below}archived_posts.json": {"ig_archived_post_media": self.archived},
            f"{below}recently_deleted_content.json": {"ig_recently_deleted_media": self.deleted},
            f"{self.activity}comments/post_comments_1.json": self.comments,
            f"{self.activity}threads/threads_and_replies.json": {"text_post_app_text_posts": self.threads},
        }
        rows_of = {
            name: value if isinstance(value, list) else next(iter(value.values()))
            for name, value in held.items()
        }
        return found | {name: value for name, value in held.items() if rows_of[name]} | self.files

    def _labelled(self, values: dict[str, dict]) -> dict[str, dict]:
        whole = {"href": "", "value": "", "timestamp": 0}
        return {self.labels.get(label, label): whole | value for label, value in values.items()}
