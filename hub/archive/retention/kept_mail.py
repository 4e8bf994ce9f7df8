"""Mail that is kept in the hub and says an erased post's words goes with them."""

from collections.abc import Callable

from flask import current_app

from hub.core.delivery import Folder

from .reaching import also_in


@also_in("kept_mail")
def _kept_mail(stands_in: Callable[[str], bool]) -> int:
    """The whole message: a mail cannot be taken back, but its copy here can."""
    folder = Folder(current_app.extensions["settings"].folder("mail"))
    gone = 0
    for token, message in folder.messages():
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        if any(stands_in(text) for text in [str(message["Subject"] or ""), *parts]):
            (folder.folder / f"{token}.eml").unlink(missing_ok=True)
            gone += 1
    return gone
