"""Writes TikTok's export in the exact layouts, as one JSON file or a zip; everything in it is invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.factories.zips import write_zip


class TikTokFile:
    """An export under construction; `old` uses the sections' names of before 2024."""

    def __init__(self, handle: str = "strathtay", old: bool = False):
        self.handle, self.old = handle, old
        self.videos: list[Any] = []
        self.deleted: list[Any] = []
        self.comments: list[Any] = []

    def video(self, title: str, at: str, *, number: str = "", viewers: str = "Everyone", **more) -> dict:
        signed = "https://v16m.tiktokcdn.com/abc/?x-expires=1&x-signature=zzz"
        link = f"https://www.tiktokv.com/share/video/{number}/" if number else signed
        row = {"Date": at.replace("T", " ") + ":00", "Link": link, "Likes": "12", "Title": title}
        if not self.old:
            row |= {
                "WhoCanView": viewers,
                "AlternateText": "",
                "Sound": "original",
                "Location": "CANARY-PLACE",
            }
        row |= more
        self.videos.append(row)
        return row

    def comment(self, text: str, at: str, under: str = "") -> dict:
        names = ("Date", "Comment") if self.old else ("date", "comment")
        row = dict(zip(names, (at.replace("T", " ") + ":00", text), strict=True))
        if not self.old:
            row |= {"photo": "", "url": f"https://www.tiktokv.com/share/video/{under}/" if under else ""}
        self.comments.append(row)
        return row

    def value(self) -> dict:
        watched = [
            {"Date": "2024-01-01 00:00:00", "Link": "https://www.tiktokv.com/share/video/1234567/"}
        ] * 3
        profile = {
            "userName": self.handle,
            "displayName": "Comhairle Srath Tatha",
            "bioDescription": "Naidheachdan",
            "emailAddress": "CANARY-owner@example.org",
            "telephoneNumber": "+441632960000",
            "birthDate": "01-Jan-1970",
        }
        chats = {"Chat History with a:": [{"Content": "CANARY-MESSAGE"}]}
        if self.old:
            return {
                "Activity": {"Video Browsing History": {"VideoList": watched}},
                "Comment": {"Comments": {"CommentsList": self.comments}},
                "Direct Messages": {"Chat History": {"ChatHistory": chats}},
                "Profile": {"Profile Information": {"ProfileMap": profile}},
                "Video": {"Videos": {"VideoList": self.videos}},
            }
        return {
            "Comment": {"Comments": {"CommentsList": self.comments}},
            "Direct Message": {"Direct Messages": {"ChatHistory": chats}},
            "Post": {
                "Posts": {"VideoList": self.videos},
                "Recently Deleted Posts": {"PostList": self.deleted},
            },
            "Profile And Settings": {"Profile Info": {"App": 1, "ProfileMap": profile}},
            "Your Activity": {"Watch History": {"VideoList": watched}},
        }

    def write(self, path: Path, *, zipped: bool = True) -> Path:
        data = json.dumps(self.value(), ensure_ascii=False, indent=1).encode()
        if not zipped:
            path.write_bytes(data)
            return path
        return write_zip(path, [("user_data_tiktok.json", data)])
