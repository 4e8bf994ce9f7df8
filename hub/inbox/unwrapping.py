"""Links as they were, where a mail server has wrapped them in its own (to look at them when somebody clicks).

Wrapped, they tell everybody who reads the post to which address the mail went, and end with the server.
"""

import re
from urllib.parse import parse_qs, quote, urlsplit

# Microsoft's, with the link in its query; and Proofpoint's third form, with the link between signs.
SAFE_LINK = re.compile(
    r"https://[\w.-]+\.safelinks\.protection\.outlook\.com/[^\s<>()\[\]\"]*", re.IGNORECASE
)
DEFENDED = re.compile(
    r"https://urldefense\.(?:com|us|proofpoint\.com)/v3/__(https?:/[^\s*]+?)__;[^\s<>()\[\]\"]*",
    re.IGNORECASE,
)
# What Markdown would take for the end of a link.
ENDS_LINKS = "()<>[]\" '"


def unwrapped(text: str) -> str:
    """The text with such links replaced; one that does not say where it leads stays."""
    return DEFENDED.sub(_between_signs, SAFE_LINK.sub(_in_query, text))


def _in_query(wrapped: re.Match[str]) -> str:
    link = wrapped.group().replace("&amp;", "&")
    try:
        named = parse_qs(urlsplit(link).query).get("url", [""])[0]
    except ValueError:
        return wrapped.group()
    return _fit(named) or wrapped.group()


def _between_signs(wrapped: re.Match[str]) -> str:
    return _fit(re.sub(r"^(https?):/(?!/)", r"\1://", wrapped.group(1))) or wrapped.group()


def _fit(link: str) -> str:
    """Fit to stand in a text, or nothing where it is no link."""
    if not link.lower().startswith(("http://", "https://")) or not link.isprintable():
        return ""
    return "".join(quote(sign) if sign in ENDS_LINKS else sign for sign in link)
