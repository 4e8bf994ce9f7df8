"""What the adapters of private messages promise. Only sealed collections take what they read."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from hub.archive.adapters import recognise
from hub.archive.adapters.base import Account, CapturedPost, Counted, Deletion, LeftOut, Noted
from hub.archive.adapters.whatsapp_lines import messages
from hub.archive.sources import Unreadable, open_source
from tests.factories.private_messages import (
    ANDROID,
    IPHONE,
    android_chat,
    archive_with_messages,
    iphone_chat,
    meta_export,
)


class Messages:
    """All that a chat holds, by kind, read as for a sealed collection."""

    def __init__(self, path):
        source = open_source(path, path.name)
        self.adapter = recognise(source, sealed=True)
        self.records = list(self.adapter.read(source))
        source.close()

    def of(self, kind):
        return [one for one in self.records if isinstance(one, kind)]

    @property
    def left_out(self):
        found = {}
        for one in self.of(LeftOut):
            found[one.reason] = found.get(one.reason, 0) + one.count
        return found


# WhatsApp.


@pytest.mark.parametrize("zipped", [True, False])
def test_a_chat_from_android_is_read_with_its_lines_media_and_marks(tmp_path, zipped):
    path = android_chat(tmp_path / "chat.zip")
    if not zipped:
        path = tmp_path / "WhatsApp Chat with Winter gritting.txt"
        path.write_text(ANDROID, encoding="utf-8")
    found = Messages(path)
    first, second, omitted, picture, last = found.of(CapturedPost)
    assert first.text == "The A9 is shut: who tells schools?\nSecond line: with a colon"
    assert first.posted_at == datetime(2024, 3, 16, 9, 6, tzinfo=UTC)
    assert first.posted_at < second.posted_at < first.posted_at + timedelta(seconds=1)
    assert (first.form, first.account_id, second.account_id) == ("message", "handle:ailsa", "handle:ailsa")
    assert first.post_id != second.post_id
    assert (omitted.text, picture.text, picture.media[0].key) == (
        "",
        "The snow gate",
        "IMG-20240316-WA0001.jpg",
    )
    assert bool(picture.media[0].file) is zipped
    assert last.text == "Told them."
    (deletion,) = found.of(Deletion)
    assert (deletion.account_id, deletion.told_by) == ("handle:rory", "own_export")
    left_out = {"system_lines": 2, "media_not_in_file": 1} | ({"not_messages": 1} if zipped else {})
    assert found.left_out == left_out
    assert {one.note for one in found.of(Noted)} == {"times_local", "marked_edited"}


def test_a_chat_from_an_iphone_is_read_in_its_own_manner_of_dates(tmp_path):
    found = Messages(iphone_chat(tmp_path / "chat.zip"))
    hello, picture, _omitted, done = found.of(CapturedPost)
    assert (hello.text, hello.posted_at) == ("Hello\nthere", datetime(2024, 3, 16, 9, 6, 1, tzinfo=UTC))
    assert picture.posted_at.hour == 21
    assert picture.media[0].file == "00000012-PHOTO-2024-03-16-09-07-01.jpg"
    assert (done.text, len(found.of(Deletion))) == ("Done", 1)
    assert found.left_out == {"system_lines": 1, "media_not_in_file": 1}


def test_a_number_is_shown_by_its_last_digits_only(tmp_path):
    found = Messages(android_chat(tmp_path / "chat.zip"))
    names = [one.name for one in found.of(Account)]
    assert names == ["Ailsa", "…123", "Rory"]
    assert not any("7700" in one.account_id for one in found.of(Account))


def test_a_messages_bytes_are_all_its_lines(tmp_path):
    found = Messages(android_chat(tmp_path / "chat.zip"))
    assert all(one.source.raw in ANDROID.encode() for one in found.of(CapturedPost))
    assert found.of(CapturedPost)[0].source.raw.endswith(b"with a colon")


def test_two_exports_of_a_chat_meet_and_an_edit_is_another_text_of_the_same_message(tmp_path):
    before = Messages(android_chat(tmp_path / "a.zip")).of(CapturedPost)
    changed = ANDROID.replace("And the buses?", "And the ferries? <This message was edited>")
    after = Messages(android_chat(tmp_path / "b.zip", changed)).of(CapturedPost)
    assert [one.post_id for one in before] == [one.post_id for one in after]
    differing = [a.text for a, b in zip(after, before, strict=True) if a.content_hash != b.content_hash]
    assert differing == ["And the ferries?"]


def test_dates_that_fit_two_orders_are_read_day_first_and_the_report_says_so(tmp_path):
    path = tmp_path / "chat.txt"
    path.write_text("03/04/2024, 09:05 - Ailsa: One\n03/04/2024, 09:06 - Rory: Two\n")
    found = Messages(path)
    assert found.of(CapturedPost)[0].posted_at == datetime(2024, 4, 3, 8, 5, tzinfo=UTC)
    assert "dates_day_first" in {one.note for one in found.of(Noted)}


@pytest.mark.parametrize(
    "line",
    [
        "16.03.24, 09:05 - Ailsa: Hallo",
        "2024-03-16, 9:05 a.m. - Ailsa: Hello",
        "[16/03/2024, 09:05:01] Ailsa: Hello",
        "\u200e[16.3.2024 klo 9.05.01] Ailsa: Hei",
        "16/03/24 9:05 pm - Ailsa: Hello",
    ],
)
def test_each_manner_of_writing_a_moment_is_read(tmp_path, line):
    path = tmp_path / "chat.txt"
    path.write_text(f"{line}\n{line}\n", encoding="utf-8")
    first = Messages(path).of(CapturedPost)[0]
    assert first.posted_at.date().isoformat() == "2024-03-16"


@pytest.mark.parametrize("text", [ANDROID, IPHONE])
@pytest.mark.parametrize("cut", [3, 40, 200, 333])
def test_a_chat_that_is_cut_or_damaged_never_surprises(tmp_path, text, cut):
    path = tmp_path / "chat.txt"
    for data in (
        text.encode()[:-cut],
        text.encode()[cut:],
        text.encode().replace(b"a", b"\xff"),
        text.encode("utf-16"),
    ):
        path.write_bytes(data)
        with suppress(Unreadable):
            Messages(path)


def test_one_message_without_end_is_bounded(monkeypatch):
    import io

    from hub.archive.sources import Broken, limits

    monkeypatch.setattr(limits, "MAX_VALUE", 10_000)
    data = b"16/03/2024, 09:05 - Ailsa: One\n" + b"and on\n" * 10_000
    with pytest.raises(Broken, match="value_too_large"):
        list(messages(io.BytesIO(data)))


# Direct messages on X.


def test_of_an_x_archive_only_the_direct_messages_are_read(tmp_path):
    archive = archive_with_messages()
    path = archive.write(tmp_path / "x.zip")
    found = Messages(path)
    assert found.adapter.name == "x-messages"
    sent, received = found.of(CapturedPost)
    assert (sent.text, sent.account_id) == ("See you at nine https://t.co/a", archive.account_id)
    assert (received.account_id, received.post_id) == ("77", "1769000000000000000")
    assert sent.links[0].expanded == "https://strathtay.example"
    assert received.media[0].file == "data/direct_messages_media/1769000000000000000-photo.jpg"
    assert b'"senderId"' in sent.source.raw
    assert {one.dataset: one.found for one in found.of(Counted)} == {"data/direct-messages.js": 3}
    assert found.left_out["system_lines"] == 1
    assert found.left_out["not_messages"] > 0
    assert not any("PUBLIC-WORDS" in repr(one) for one in found.records)


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, [None], {"a": None}, True, "x" * 10_000])
def test_no_field_of_an_unexpected_shape_stops_the_reading(tmp_path, value):
    archive = archive_with_messages()
    message = archive.extra["direct-messages"][0]["dmConversation"]["messages"][0]["messageCreate"]
    for key in list(message):
        kept, message[key] = message[key], value
        Messages(archive.write(tmp_path / "x.zip"))
        message[key] = kept
    for odd in ({"dmConversation": value}, value, {"dmConversation": {"messages": value}}):
        archive.extra["direct-messages"] = [odd]
        Messages(archive.write(tmp_path / "x.zip"))


# Messages on Facebook and Instagram.


@pytest.mark.parametrize(
    ("folder", "platform"),
    [("your_instagram_activity/", "instagram"), ("your_facebook_activity/", "facebook"), ("", "facebook")],
)
def test_of_a_meta_export_only_the_messages_are_read_with_their_text_repaired(tmp_path, folder, platform):
    found = Messages(meta_export(tmp_path / "meta.zip", folder))
    assert found.adapter.name == "meta-messages"
    second, first = found.of(CapturedPost)
    assert (first.text, first.platform, first.account_id) == ("Café at nine?", platform, "handle:ailsa munro")
    assert first.posted_at == datetime(2024, 3, 16, 9, 5, tzinfo=UTC)
    assert second.media[0].file.endswith("photos/map.jpg")
    assert len(found.of(Deletion)) == 1
    assert found.left_out == {"system_lines": 1, "not_messages": 1}
    assert not any("PUBLIC-WORDS" in repr(one) for one in found.records)


def test_the_same_messages_meet_when_their_thread_is_called_otherwise(tmp_path):
    before = Messages(meta_export(tmp_path / "a.zip")).of(CapturedPost)
    after = Messages(meta_export(tmp_path / "b.zip", thread="thegritters_1234567890")).of(CapturedPost)
    assert [(one.post_id, one.content_hash) for one in before] == [
        (one.post_id, one.content_hash) for one in after
    ]


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, [None], {"a": None}, True, 10**30])
def test_no_field_of_a_message_of_an_unexpected_shape_stops_the_reading(tmp_path, value):
    for key in ("sender_name", "timestamp_ms", "content", "photos", "share", "is_unsent", "reactions"):
        Messages(meta_export(tmp_path / "odd.zip", changed={key: value}))


def test_a_row_cannot_fetch_what_does_not_lie_with_the_messages(tmp_path):
    export = meta_export(
        tmp_path / "m.zip", changed={"photos": [{"uri": "your_instagram_activity/posts/your_posts_1.json"}]}
    )
    files = [one.file for post in Messages(export).of(CapturedPost) for one in post.media]
    assert files[1] is None
