"""Writes WhatsApp chats and X archives with direct messages. Everything in them is invented."""

from __future__ import annotations

import json
from pathlib import Path

from tests.factories.tables import zipped
from tests.factories.x_archive import XArchive, png

ANDROID = """\
16/03/2024, 09:05 - Messages and calls are end-to-end encrypted. No one outside of this chat can read them.
16/03/2024, 09:05 - Ailsa created group "Winter gritting"
16/03/2024, 09:06 - Ailsa: The A9 is shut: who tells schools?
Second line: with a colon
16/03/2024, 09:06 - Ailsa: And the buses?
16/03/2024, 09:07 - +44 7700 900123: <Media omitted>
16/03/2024, 09:08 - Rory: IMG-20240316-WA0001.jpg (file attached)
The snow gate
16/03/2024, 09:09 - Rory: This message was deleted
16/03/2024, 09:10 - Ailsa: Told them. <This message was edited>
"""
IPHONE = (
    "[3/16/24, 9:05:01\u202fAM] Winter gritting: \u200eMessages and calls are end-to-end encrypted. Only "
    "people in this chat can read them.\r\n"
    "[3/16/24, 9:06:01\u202fAM] Ailsa: Hello\r\nthere\r\n"
    "\u200e[3/16/24, 9:07:01\u202fPM] ~\u202fRory: "
    "\u200e<attached: 00000012-PHOTO-2024-03-16-09-07-01.jpg>\r\n"
    "\u200e[3/16/24, 9:07:30\u202fPM] ~\u202fRory: \u200eimage omitted\r\n"
    "[3/16/24, 9:08:01\u202fPM] Ailsa: Done \u200e<This message was edited>\r\n"
    "[3/16/24, 9:09:01\u202fPM] Ailsa: \u200eThis message was deleted.\r\n"
)


def android_chat(path: Path, text: str = ANDROID) -> Path:
    name = "WhatsApp Chat with Winter gritting.txt"
    return zipped(path, {name: text.encode(), "IMG-20240316-WA0001.jpg": png(), "STK-1.webp": b"unnamed"})


def iphone_chat(path: Path, text: str = IPHONE) -> Path:
    return zipped(path, {"_chat.txt": text.encode(), "00000012-PHOTO-2024-03-16-09-07-01.jpg": png()})


def meta_export(
    path: Path,
    folder: str = "your_instagram_activity/",
    *,
    thread: str = "gritters_1234567890",
    changed: dict | None = None,
) -> Path:
    """An export of Facebook or Instagram: messages newest first, each byte of their UTF-8 as a character."""
    place = f"{folder}messages/inbox/{thread}"
    rows = [
        {"sender_name": "Rory", "timestamp_ms": 1710580200000, "is_unsent": True},
        {"sender_name": "Rory", "timestamp_ms": 1710580100000, "call_duration": 60},
        {
            "sender_name": "Rory",
            "timestamp_ms": 1710580000000,
            "content": "Here",
            "photos": [{"uri": f"{place}/photos/map.jpg", "creation_timestamp": 1710580000}],
        },
        {
            "sender_name": "Ailsa Munro",
            "timestamp_ms": 1710579900000,
            "content": "Café at nine?".encode().decode("latin-1"),
        }
        | (changed or {}),
    ]
    held = {"participants": [{"name": "Ailsa Munro"}, {"name": "Rory"}], "messages": rows, "title": "Rory"}
    return zipped(
        path,
        {
            f"{place}/message_1.json": json.dumps(held, indent=1).encode(),
            f"{place}/photos/map.jpg": png(),
            f"{folder}posts/your_posts_1.json": b'[{"data": [{"post": "PUBLIC-WORDS"}], "timestamp": 1}]',
        },
    )


def archive_with_messages() -> XArchive:
    archive = XArchive(handle="strathtay")
    archive.post("PUBLIC-WORDS", "2024-03-01T09:00")
    archive.extra["direct-messages"] = [
        {
            "dmConversation": {
                "conversationId": "1-2",
                "messages": [
                    direct_message(
                        "1769000000000000001", archive.account_id, "See you at nine https://t.co/a"
                    ),
                    direct_message("1769000000000000000", "77", "Shall we meet?", media=True),
                    {"joinConversation": {"initiatingUserId": "77"}},
                ],
            }
        }
    ]
    archive.files["data/direct_messages_media/1769000000000000000-photo.jpg"] = png()
    return archive


def direct_message(number: str, sender: str, text: str, *, media: bool = False) -> dict:
    return {
        "messageCreate": {
            "recipientId": "99",
            "reactions": [],
            "urls": [{"url": "https://t.co/a", "expanded": "https://strathtay.example", "display": "x"}],
            "text": text,
            "mediaUrls": ["https://ton.twitter.com/dm/1769000000000000000/5/photo.jpg"] if media else [],
            "senderId": sender,
            "id": number,
            "createdAt": "2024-03-16T09:05:00.000Z",
            "editHistory": [],
        }
    }
