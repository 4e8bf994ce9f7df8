"""What people write, made readable and safe, once, when it is written.

`render(source)` turns Markdown into HTML by a short, curated list of constructs; raw HTML is shown as the
text it is. Whatever comes out has passed an allow-list, asks nothing of another host, and took bounded work:
a text that cannot be rendered within bounds is shown as it was typed, never lost.
"""

from hub.core.markup.contents import Heading, headings
from hub.core.markup.hiding import Withdrawn, may_quote
from hub.core.markup.mailed import mail_html, mail_text
from hub.core.markup.quotes import quote
from hub.core.markup.reader import LONGEST
from hub.core.markup.render import Resolver, render
from hub.core.markup.text import excerpt, own_words, plain_text, tidy

__all__ = [
    "LONGEST",
    "Heading",
    "Resolver",
    "Withdrawn",
    "excerpt",
    "headings",
    "mail_html",
    "mail_text",
    "may_quote",
    "own_words",
    "plain_text",
    "quote",
    "render",
    "tidy",
]
