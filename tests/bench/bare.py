"""The measure: a bare Flask app that renders 20 posts from one query. No policy, no frame, no session."""

import os
import sqlite3
from pathlib import Path

from flask import Flask, render_template

POSTS = 20

PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
{% for post in posts %}<article id="post-{{ post.position }}"><header>{{ post.author }},
<time datetime="{{ post.created_at }}">{{ post.created_at }}</time></header>
<div>{{ post.html|safe }}</div></article>{% endfor %}</body></html>"""

app = Flask(__name__)
TEMPLATE = app.jinja_env.from_string(PAGE)


def fill(path: Path, html: str) -> None:
    """A database with 40,000 posts of that text."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE post (id INTEGER PRIMARY KEY, item_id, position, author, created_at, html)"
        )
        connection.execute("CREATE INDEX post_item ON post (item_id, position)")
        connection.executemany(
            "INSERT INTO post (item_id, position, author, created_at, html) VALUES (?, ?, ?, ?, ?)",
            (
                (number // POSTS, number % POSTS, f"Member {number % 97}", "2026-01-01T12:00:00Z", html)
                for number in range(40_000)
            ),
        )


@app.get("/<int:item_id>")
def page(item_id: int) -> str:
    connection = sqlite3.connect(os.environ["BARE_DATABASE"])
    connection.row_factory = sqlite3.Row
    posts = connection.execute(
        "SELECT position, author, created_at, html FROM post WHERE item_id = ? ORDER BY position", (item_id,)
    ).fetchall()
    connection.close()
    return render_template(TEMPLATE, title=f"Item {item_id}", posts=posts)
