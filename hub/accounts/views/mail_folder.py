"""The mail folder as pages, for administrators of a hub that has no mail server yet."""

import re
from email.message import EmailMessage

from flask import Response, abort, current_app, make_response, render_template
from markupsafe import Markup, escape

from hub.core.access import requires
from hub.core.delivery import Folder
from hub.core.kept_mail import withheld
from hub.core.mail import KEPT, keeps_mail
from hub.core.security import content_policy

from .blueprint import bp, uncached

# The message's own HTML, opened: no scripts, nothing loaded, no forms, an origin of its own.
OPENED_MAIL_POLICY = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "data:",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "sandbox": "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
}
MOST_SHOWN = 200

ADDRESS = re.compile(r"(https?://[^\s<>]*[^\s<>.,;])")


def _folder() -> Folder:
    """The mail folder; on a hub with a mail server there is none, and these pages do not exist."""
    if not keeps_mail():
        abort(404)
    return Folder(current_app.extensions["settings"].folder("mail"))


def _message(token: str) -> EmailMessage:
    return _folder().message(token) or abort(404)


@bp.get("/admin/mail")
@requires("site.administer")
def kept_mail() -> str:
    messages = _folder().messages(MOST_SHOWN)
    return render_template(
        "accounts/kept_mail.html", messages=messages, withheld=withheld(dict(messages)), days=KEPT.days
    )


@bp.get("/admin/mail/<token>")
@requires("site.administer")
def kept_message(token: str) -> Response:
    message = _message(token)
    if withheld({token: message}):
        return uncached(make_response(render_template("accounts/withheld_message.html", message=message)))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    page = render_template(
        "accounts/kept_message.html",
        message=message,
        token=token,
        text=with_links(text.get_content()) if text else "",
        has_html=html is not None,
    )
    return uncached(make_response(page))


@bp.get("/admin/mail/<token>/html")
@requires("site.administer")
@content_policy(OPENED_MAIL_POLICY)
def kept_html(token: str) -> Response:
    message = _message(token)
    html = message.get_body(("html",)) or abort(404)
    if withheld({token: message}):
        abort(404)
    return uncached(make_response(html.get_content()))


def with_links(text: str) -> Markup:
    """Plain text, with the addresses in it as links."""
    parts = ADDRESS.split(text.replace("\r\n", "\n"))
    link = Markup('<a href="{0}">{0}</a>')
    return Markup("").join(
        link.format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
