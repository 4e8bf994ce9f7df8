"""Names made fit for addresses."""

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")


def slug(name: str, limit: int = 60) -> str:
    """'Ailsa Grant' becomes 'ailsa-grant'; letters keep, accents go. Empty when nothing of it can stay."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", folded).strip("-")[:limit].strip("-")


def numbered(base: str, number: int, limit: int = 60) -> str:
    """The base, or with a number behind it when it is taken: 'ailsa-grant-2'."""
    if number < 2:
        return base
    tail = f"-{number}"
    return base[: limit - len(tail)].rstrip("-") + tail
