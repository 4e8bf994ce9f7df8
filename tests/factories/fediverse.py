"""A server of the federated web on this machine, with one account: name, actor, outbox, posts."""

from __future__ import annotations

import json
from typing import Any

from tests.factories.web_server import WebServer

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITY = "application/activity+json"


class Account:
    """`posts`: what the outbox lists, newest first, by number. `say`, `edit`, `delete` change it."""

    def __init__(self, server: WebServer, name: str = "council"):
        self.server, self.name = server, name
        self.posts: dict[int, dict[str, Any]] = {}
        self._serve_account()
        self.serve()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def actor(self) -> str:
        return f"{self.server.address}/users/{self.name}"

    def post_id(self, number: int) -> str:
        return f"{self.actor}/statuses/{number}"

    def say(self, number: int, words: str, at: str) -> str:
        self.posts[number] = {
            "id": self.post_id(number),
            "type": "Note",
            "published": at,
            "url": f"{self.server.address}/@{self.name}/{number}",
            "attributedTo": self.actor,
            "to": [PUBLIC],
            "cc": [f"{self.actor}/followers"],
            "content": f"<p>{words}</p>",
        }
        self.serve()
        return self.post_id(number)

    def edit(self, number: int, words: str, at: str) -> None:
        self.posts[number] |= {"content": f"<p>{words}</p>", "updated": at}
        self.serve()

    def delete(self, number: int, *, tombstone: bool = True) -> None:
        """Gone: with the mark that servers leave (410), or as if it had never been (404)."""
        del self.posts[number]
        self.serve()
        if tombstone:
            gone = {"id": self.post_id(number), "type": "Tombstone"}
            self._json(f"/users/{self.name}/statuses/{number}", gone, status=410)
        else:
            self.server.pages.pop(f"/users/{self.name}/statuses/{number}", None)

    def unlist(self, number: int) -> None:
        """Out of the outbox, but still at its own address."""
        kept = self.posts.pop(number)
        self.serve()
        self._json(f"/users/{self.name}/statuses/{number}", kept)

    def serve(self) -> None:
        listed = [self.posts[number] for number in sorted(self.posts, reverse=True)]
        for post in listed:
            self._json(post["id"].removeprefix(self.server.address), post)
        page = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.actor}/outbox?page=true",
            "type": "OrderedCollectionPage",
            "partOf": f"{self.actor}/outbox",
            "orderedItems": [
                {
                    "id": f"{post['id']}/activity",
                    "type": "Create",
                    "actor": self.actor,
                    "published": post["published"],
                    "to": post["to"],
                    "cc": post["cc"],
                    "object": post,
                }
                for post in listed
            ],
        }
        self._json(f"/users/{self.name}/outbox?page=true", page)

    def _serve_account(self) -> None:
        self._json(
            f"/users/{self.name}",
            {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": self.actor,
                "type": "Organization",
                "preferredUsername": self.name,
                "name": "Strathtay Council",
                "outbox": f"{self.actor}/outbox",
            },
        )
        first = {"first": f"{self.actor}/outbox?page=true"}
        outbox = {"id": f"{self.actor}/outbox", "type": "OrderedCollection", "totalItems": 3, **first}
        self._json(f"/users/{self.name}/outbox", outbox)
        link = {"rel": "self", "type": ACTIVITY, "href": self.actor}
        self._json("/.well-known/webfinger", {"subject": f"acct:{self.name}@{self.host}", "links": [link]})

    def _json(self, path: str, value: dict[str, Any], status: int = 200) -> None:
        self.server.page(path, json.dumps(value), status, Content_Type=ACTIVITY)
