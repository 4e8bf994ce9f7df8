"""The mail that the hub under test has sent into its folder."""

import re
from email.message import EmailMessage

from flask import current_app

from hub.core.carrying import drain
from hub.core.delivery import delivery


def sent_mail() -> list[tuple[str, EmailMessage]]:
    """Every message with its token, newest first, when what waits is done. The folder is emptied."""
    drain()
    folder = delivery(current_app)
    messages = folder.messages()
    for token, _message in messages:
        (folder.folder / f"{token}.eml").unlink()
    return messages


def the_mail(to: str) -> EmailMessage:
    """The one message that was sent to an address since somebody last looked."""
    found = [message for _token, message in sent_mail() if message["To"] == to]
    assert len(found) == 1, f"{len(found)} messages to {to}"
    return found[0]


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def link_in(message: EmailMessage, beginning: str) -> str:
    """The path of the link in a message's text that begins so. The HTML must hold the same."""
    found = re.search(rf"http://localhost({re.escape(beginning)}\S*)", text_of(message))
    assert found, text_of(message)
    assert found.group(1) in message.get_body(("html",)).get_content()
    return found.group(1)
