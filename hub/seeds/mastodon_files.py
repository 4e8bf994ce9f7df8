"""The archive that a Mastodon server gives of an account, and a file of replies as servers give them."""

import gzip
import json
import tarfile
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from typing import Any

from .channel import Picture
from .channel_pictures import draw

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}]


def mastodon_tar(account: dict[str, Any], pictures: dict[str, Picture]) -> bytes:
    """A tar.gz with the account, its outbox and its posts' pictures, and what nobody should bring in."""
    files = {"actor.json": _json(_actor(account))}
    items = []
    for post in account["posts"]:
        attached = []
        if "picture" in post:
            picture = pictures[post["picture"]]
            path = f"media_attachments/files/{post['id'].rpartition('/')[2]}/original/{picture.key}.png"
            files[path] = draw(picture, f"@{account['user']}")
            attached = [_attachment(path, picture)]
        items.append(_create(note(post, attached)))
    files["outbox.json"] = _json(
        {"@context": CONTEXT, "id": "outbox.json", "type": "OrderedCollection"}
        | {"totalItems": len(items), "orderedItems": items}
    )
    for name in ("likes.json", "bookmarks.json"):
        files[name] = _json({"id": name, "type": "OrderedCollection", "orderedItems": []})
    return _packed(files, account["made"])


def replies_file(replies: dict[str, Any]) -> bytes:
    """A page of what others replied."""
    items = [note(post, []) for post in replies["posts"]]
    return _json({"@context": CONTEXT, "type": "CollectionPage", "items": items})


def note(post: dict[str, Any], attached: list[dict[str, Any]]) -> dict[str, Any]:
    """A post as servers give it to one another."""
    server, _users, rest = post["author"].partition("/users/")
    content = f"<p>{escape(post['text'], quote=False)}</p>"
    told = {
        "id": post["id"],
        "type": "Note",
        "summary": None,
        "inReplyTo": post["parent"],
        "published": _stamp(post["at"]),
        "url": f"{server}/@{rest}/{post['id'].rpartition('/')[2]}",
        "attributedTo": post["author"],
        "to": [PUBLIC],
        "cc": [f"{post['author']}/followers"],
        "sensitive": False,
        "content": content,
        "contentMap": {"en": content},
        "attachment": attached,
        "tag": [],
    }
    return told | ({"updated": _stamp(post["updated"])} if "updated" in post else {})


def _create(told: dict[str, Any]) -> dict[str, Any]:
    said = {name: told[name] for name in ("published", "to", "cc")}
    act = {"id": f"{told['id']}/activity", "type": "Create", "actor": told["attributedTo"]}
    return act | said | {"object": told}


def _actor(account: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "id": account["actor"],
        "type": "Organization",
        "preferredUsername": account["user"],
        "name": account["name"],
        "summary": f"<p>{escape(account['bio'])}</p>",
        "outbox": "outbox.json",
        "likes": "likes.json",
        "bookmarks": "bookmarks.json",
    }


def _attachment(path: str, picture: Picture) -> dict[str, Any]:
    return {"type": "Document", "mediaType": "image/png", "url": f"/{path}", "name": picture.alt}


def _packed(files: dict[str, bytes], made: datetime) -> bytes:
    at, packed = int(made.timestamp()), BytesIO()
    # Packed and wrapped apart, so that the moment of packing does not get into the file.
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=at) as wrapped,
        tarfile.open(fileobj=wrapped, mode="w") as tar,
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), at
            tar.addfile(member, BytesIO(content))
    return packed.getvalue()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
