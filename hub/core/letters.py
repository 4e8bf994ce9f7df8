"""Writing mail: each message is a folder of templates, `email/<message>/` subject.txt, body.txt, body.html.

HTML bodies extend `email/_frame.html`; its styles are set into the elements, since mail programs drop
style sheets. Nothing is ever loaded from elsewhere.
"""

from pathlib import Path

import css_inline
from flask import render_template
from flask_babel import force_locale

from .mail import Email
from .site import address

CHARSET = '<meta charset="utf-8">'
STYLES = Path(__file__).parent.parent / "static" / "css" / "mail.css"

# Rules for dark screens cannot be set into elements: they stay in the head, for programs that know them.
_inliner = css_inline.CSSInliner(
    load_remote_stylesheets=False, extra_css=STYLES.read_text(), keep_at_rules=True
)


def letter(
    message: str, *, locale: str = "en_GB", headers: dict[str, str] | None = None, **about: object
) -> Email:
    """The message, written from its templates. `hub` in them is the hub's address, for links."""
    hub = address()
    with force_locale(locale):
        subject, text, html = (
            render_template(f"email/{message}/{part}", hub=hub, **about)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return Email(" ".join(subject.split()), tidy(text), _styled(html), headers or {})


def _styled(html: str) -> str:
    """With its styles set in. What stays a style sheet comes first, and must not push away what says in which
    characters all of it is written: that counts within the first 1,024 bytes only."""
    return _inliner.inline(html.replace(CHARSET, "")).replace("<head>", f"<head>{CHARSET}", 1)


# What stands under it, programs leave out of replies (RFC 3676): the links in it are their reader's alone.
FOOT = "-- "


def tidy(text: str) -> str:
    """Plain text without the runs of empty lines that templates leave. Its last `--` stands above its foot;
    others are what people wrote."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    foot = max((number for number, line in enumerate(lines) if line == FOOT.rstrip()), default=None)
    if foot is not None:
        lines[foot] = FOOT
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept) + "\n"
