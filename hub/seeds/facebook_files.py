"""The export that Facebook gives of a page, as JSON."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ACTIVITY = "your_facebook_activity/"
POSTS = f"{ACTIVITY}posts/your_posts__check_ins__photos_and_videos_1.json"
EDITS = f"{ACTIVITY}posts/edits_you_made_to_posts.json"
PROFILE = "personal_information/profile_information/profile_information.json"
# Private matter, as every real export holds: the import must leave it out.
MESSAGES = f"{ACTIVITY}messages/inbox/neighbour_1/message_1.json"


def facebook_zip(page: dict[str, Any]) -> bytes:
    """The zip: posts as they stand now, each wording of those that were edited, and whose page it is."""
    edited = [post for post in page["posts"] if "edits" in post]
    files: dict[str, Any] = {
        POSTS: [_post(page, post) for post in page["posts"]],
        EDITS: [row for number, post in enumerate(edited, 1) for row in _edits(post, number)],
        PROFILE: {"profile_v2": _profile(page)},
        MESSAGES: {"messages": [{"content": "A private message, which no import should bring in."}]},
    }
    packed = BytesIO()
    with ZipFile(packed, "w") as zipped:
        for name, value in files.items():
            member = ZipInfo(name, page["made"].timetuple()[:6])
            member.compress_type = ZIP_DEFLATED
            zipped.writestr(member, json.dumps(_mangled(value), indent=2))
    return packed.getvalue()


def _post(page: dict[str, Any], post: dict[str, Any]) -> dict[str, Any]:
    data = [{"post": post["text"]}]
    if "edits" in post:
        last = post["edits"][-1]
        data = [{"post": last["text"]}, {"update_timestamp": _seconds(last["at"])}]
    return {
        "timestamp": _seconds(post["at"]),
        "attachments": [],
        "data": data,
        "title": f"{page['name']} posted.",
    }


def _edits(post: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Each wording with the moment at which it was saved; one number for all of a post's."""
    return [
        {
            "timestamp": _seconds(wording["at"]),
            "media": [],
            "label_values": [{"label": "Text", "value": wording["text"]}],
            "fbid": str(100_000_000_000 + number),
        }
        for wording in (post, *post["edits"])
    ]


def _profile(page: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": {"full_name": page["name"]},
        "profile_uri": f"https://www.facebook.com/{page['address']}",
        "registration_timestamp": _seconds(page["registered"]),
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _mangled(value: Any) -> Any:
    """As Meta writes text: each byte of its UTF-8 a character of its own."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [_mangled(each) for each in value]
    if isinstance(value, dict):
        return {name: _mangled(each) for name, each in value.items()}
    return value
