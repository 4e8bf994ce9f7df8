"""Writes Flickr's data in the exact layout; everything in it is invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.factories.zips import write_zip

OWN = "12345678@N05"
OTHER = "87654321@N02"


class FlickrData:
    """An export under construction. Photos and comments are returned, to be changed at will."""

    def __init__(self, nsid: str = OWN, alias: str = "strathtay"):
        self.nsid, self.alias = nsid, alias
        self.photos: list[Any] = []
        self.own_comments: list[Any] = []
        self.albums: list[Any] = []
        self.files: dict[str, bytes] = {}
        self.profile: dict | None = {
            "real_name": "Comhairle Srath Tatha",
            "screen_name": "Srath Tatha",
            "nsid": nsid,
            "email": "CANARY-owner@example.org",
            "profile_url": f"https://www.flickr.com/people/{alias}/",
            "description": "Dealbhan <b>ùra</b>",
        }

    def photo(self, number: int, name: str, at: str, description: str = "", privacy: str = "public") -> dict:
        photo = {
            "id": str(number),
            "name": name,
            "description": description,
            "count_views": "10",
            "count_faves": "2",
            "count_comments": "0",
            "date_taken": at.replace("T", " "),
            "date_imported": at.replace("T", " "),
            "photopage": f"https://www.flickr.com/photos/{self.alias}/{number}/",
            "original": f"https://live.staticflickr.com/1/{number}_abc_o.jpg",
            "license": "All Rights Reserved",
            "geo": [{"latitude": "CANARY-PLACE"}],
            "albums": [],
            "tags": [{"tag": "bridge", "user": self.nsid}],
            "privacy": privacy,
            "comments": [],
        }
        self.photos.append(photo)
        return photo

    def comment(
        self, photo: dict, text: str, at: str, user: str = OTHER, number: int = 72157600000001
    ) -> dict:
        comment = {
            "id": f"1-{photo['id']}-{number}",
            "date": at.replace("T", " "),
            "user": user,
            "comment": text,
            "url": f"https://www.flickr.com/photos/{self.alias}/{photo['id']}/#comment{number}",
        }
        photo["comments"].append(comment)
        photo["count_comments"] = str(len(photo["comments"]))
        return comment

    def own_comment(self, text: str, at: str, photo: int = 999, number: int = 72157600000009) -> dict:
        page = f"https://www.flickr.com/photos/{OTHER}/{photo}/"
        comment = {
            "photo_id": str(photo),
            "photo_url": page,
            "comment": text,
            "comment_url": f"{page}#comment{number}",
            "created": at.replace("T", " "),
        }
        self.own_comments.append(comment)
        return comment

    def members(self) -> dict[str, bytes]:
        found: dict[str, Any] = {
            f"photo_{photo['id'] if isinstance(photo, dict) and photo.get('id') else 7}.json": photo
            for photo in self.photos
        }
        if self.profile:
            found["account_profile.json"] = self.profile
        found["albums.json"] = {"albums": self.albums}
        found["photos_comments_part001.json"] = {"comments": self.own_comments}
        found["contacts_part001.json"] = {"contacts": {"CANARY-NAME": "x"}}
        found["received_flickrmail_part001.json"] = {"flickrmail": [{"message": "CANARY-MAIL"}]}
        found["faves_part001.json"] = {"faves": []}
        return {name: json.dumps(value, indent=1).encode() for name, value in found.items()} | self.files

    def write(self, path: Path, *, prefix: str = "") -> Path:
        return write_zip(path, ((prefix + name, data) for name, data in self.members().items()))
