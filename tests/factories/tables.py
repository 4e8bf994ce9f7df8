"""Writes tables in the layouts of LinkedIn, Reddit and Google Takeout. Everything in them is invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.factories.zips import write_zip

Rows = Sequence[Sequence[str]]


def table(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", line: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line).writerows(rows)
    return text.getvalue().encode(encoding)


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    return write_zip(path, files.items())


def share_link(number: int) -> str:
    return f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{number}"


def linkedin(
    path: Path, shares: Rows, comments: Rows = (), *, name: tuple[str, str] = ("Ailsa", "Munro")
) -> Path:
    """shares: (date, number, words, shared address, visibility); comments: (date, number of the post, words).

    The line breaks of a share arrive with a quote before and behind them.
    """
    rows = [["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"]]
    for date, number, words, shared, visibility in shares:
        rows.append([date, share_link(number), words.replace("\n", '"\n"'), shared, "", visibility])
    said = [["Date", "Link", "Message"]]
    for date, number, words in comments:
        said.append([date, f"https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A{number}", words])
    notes = b'Notes:\n"When exporting your data, you may notice that some data is missing."\n\n'
    return zipped(
        path,
        {
            "Shares.csv": table(rows),
            "Comments.csv": notes + table(said),
            "Profile.csv": table([["First Name", "Last Name", "Headline"], [*name, "Registrar"]]),
            "Registration.csv": table(
                [["Registered At", "Registration Ip"], ["7/1/10, 12:41 AM", "203.0.113.9"]]
            ),
            "messages.csv": table([["FROM", "CONTENT"], ["Ailsa", "CANARY"]]),
            "Connections.csv": table([["First Name", "Email Address"], ["A", "canary@example.org"]]),
            "Articles/Articles/one.html": b"<h1>CANARY</h1>",
        },
    )


def reddit(path: Path, posts: Rows, comments: Rows = (), *, made: str = "2024-06-01 09:00:00 UTC") -> Path:
    """posts: (number, date, title, address, words); comments: (number, date, post, parent, words)."""
    written = [["id", "permalink", "date", "ip", "subreddit", "gildings", "title", "url", "body"]]
    for number, date, title, url, body in posts:
        written.append(
            [
                number,
                f"/r/strathtay/comments/{number}/x/",
                date,
                "203.0.113.9",
                "strathtay",
                "0",
                title,
                url,
                body,
            ]
        )
    said = [["id", "permalink", "date", "ip", "subreddit", "gildings", "link", "parent", "body", "media"]]
    for number, date, post, parent, body in comments:
        link = f"https://www.reddit.com/r/strathtay/comments/{post}/x/"
        said.append(
            [number, f"{link}{number}/", date, "203.0.113.9", "strathtay", "0", link, parent, body, ""]
        )
    return zipped(
        path,
        {
            "posts.csv": table(written),
            "comments.csv": table(said),
            "statistics.csv": table(
                [
                    ["statistic", "value"],
                    ["account name", "StrathtayCouncil"],
                    ["export time", made],
                    ["email address", "canary@example.org"],
                ]
            ),
            "messages.csv": table([["id", "body"], ["1", "CANARY"]]),
            "ip_logs.csv": table([["date", "ip"], ["2024-01-01", "203.0.113.9"]]),
            "post_votes.csv": table([["id", "direction"], ["1", "up"]]),
        },
    )


OWN_CHANNEL = "UCstrathtaycouncil000001"
ENGLISH = (
    "Comment ID", "Channel ID", "Comment Create Timestamp", "Price", "Parent Comment ID", "Video ID",
    "Comment Text",
)  # fmt: skip
GERMAN = (
    "Kommentar-ID", "Kanal-ID", "Zeitstempel der Erstellung", "Preis", "ID des übergeordneten Kommentars",
    "Video-ID", "Kommentartext",
)  # fmt: skip


def segments(words: str, generation: int) -> str:
    piece = json.dumps({"text": words})
    return piece if generation > 1 else f'{{"takeoutSegments":[{piece}]}}'


def youtube_table(comments: Rows, *, generation: int = 2, header: Sequence[str] = ENGLISH) -> bytes:
    """comments: (id, moment, parent, video, words), as each generation of Takeout lays them out."""
    order = {
        1: (0, 1, 2, 3, 4, 5, 6),
        2: (1, 2, 3, 0, 4, 5, 6),
        3: (0, 1, 2, 3, 4, 5, 6),
    }[generation]
    rows = [list(header)]
    for own_id, at, parent, video, words in comments:
        rows.append([own_id, OWN_CHANNEL, at, "0", parent, video, segments(words, generation)])
    return table([[row[column] for column in order] for row in rows])


def youtube(path: Path, comments: Rows, **how) -> Path:
    folder = "Takeout/YouTube und YouTube Music"
    live = [
        ["Live Chat ID", "Channel ID", "Live Chat Create Timestamp", "Price", "Video ID", "Live Chat Text"]
    ]
    live.append(
        [
            "ChwKGkNQVlEwUmNnU2M4",
            OWN_CHANNEL,
            "2024-03-01T19:00:00Z",
            "0",
            "aaaaaaaaaaa",
            segments("Welcome", 2),
        ]
    )
    return zipped(
        path,
        {
            f"{folder}/Kommentare/Kommentare.csv": youtube_table(comments, **how),
            f"{folder}/Livechats/Livechats.csv": table(live),
            f"{folder}/Verlauf/Wiedergabeverlauf.json": b'[{"title": "CANARY"}]',
            f"{folder}/Abos/Abos.csv": table([["Kanal-ID", "Titel"], ["UC" + "x" * 22, "CANARY"]]),
            "Takeout/archive_browser.html": b"<html>",
        },
    )
