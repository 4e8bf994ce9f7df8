"""What one address was told, at once and in digests, known when the messages were handed over."""

from collections.abc import Callable

from sqlalchemy import select

from hub.content.models import JOINED, OPENED, SHOWN, Activity
from hub.core.database import db
from hub.core.delivery import Folder, NotAccepted, Unknown
from hub.core.message import Email, Outgoing
from hub.digests import composing as of_digests
from hub.digests.entries import Edition
from hub.instants import composing as of_instants


class Line(Folder):
    """Where mail goes. It takes a message, refuses it for good, or breaks when it was handed over."""

    behaves = "takes"

    def __init__(self, folder: Folder) -> None:
        super().__init__(folder.folder)
        self.saying: tuple[Email | None, Callable[[], None]] = (None, lambda: None)

    def deliver(self, message: Outgoing, about_to: Callable[[], bool]) -> bool:
        if self.behaves == "refuses":
            about_to()
            raise NotAccepted("550 nothing of that kind", permanent=True)
        done = super().deliver(message, about_to)
        email, told = self.saying
        if done and email is message.email:
            told()
        if self.behaves == "breaks":
            raise Unknown("the line broke")
        return done


class Listener:
    """told: the numbers of activities, in the order in which they were told."""

    def __init__(self, line: Line, address: str) -> None:
        self.line, self.address = line, address
        self.told: list[int] = []
        self.editions: list[Edition] = []

    def listen(self, monkeypatch) -> None:
        gather, compose_digest = of_digests.gather, of_digests.compose_digest
        compose_instant = of_instants.compose_instant

        def gathered(*args, **more):
            self.editions.append(gather(*args, **more))
            return self.editions[-1]

        def digest(mail):
            self.editions.clear()
            email = compose_digest(mail)
            if mail.to_address == self.address:  # others get mail, too
                self.line.saying = (email, lambda: [self._note(one) for one in self.editions])
            return email

        def instant(mail):
            email = compose_instant(mail)
            number = db.session.get_one(Activity, mail.payload["activity_id"]).number
            if mail.to_address == self.address:
                self.line.saying = (email, lambda: self.told.append(number))
            return email

        monkeypatch.setattr(of_digests, "gather", gathered)
        monkeypatch.setattr(of_digests, "compose_digest", digest)
        monkeypatch.setattr(of_instants, "compose_instant", instant)

    def _note(self, edition: Edition) -> None:
        """What is of items by its events; of groups by what is covered, which must be what is said."""
        self.told.extend(event.number for event in edition.events if event.kind != SHOWN)
        covered = select(Activity.number, Activity.kind).where(
            Activity.number.in_(edition.covered), Activity.item_id.is_(None)
        )
        found = db.session.execute(covered).all()
        db.session.rollback()
        self.told.extend(number for number, _kind in found)
        kinds = [kind for _number, kind in found]
        assert sum(news.came.count for news in edition.groups if news.came) == kinds.count(JOINED)
        assert any(news.opened for news in edition.groups) == (OPENED in kinds)
