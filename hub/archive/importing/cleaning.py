"""Text that a database takes. Bytes are kept as they are; what is read from them is made fit here."""

import re
from typing import Any

# Lone surrogates (bytes that are not UTF-8, or halves of escapes) and NUL: neither database stores them.
UNFIT = re.compile("[\ud800-\udfff\x00]")
REPLACEMENT = "\ufffd"


def fit(value: Any) -> Any:
    """The value with every unfit character of its texts replaced, lists and dicts included."""
    if isinstance(value, str):
        # What is plain ASCII is told apart at once, and most texts are.
        if value.isascii() and "\x00" not in value:
            return value
        return UNFIT.sub(REPLACEMENT, value) if UNFIT.search(value) else value
    if isinstance(value, list | tuple):
        return [fit(one) for one in value]
    if isinstance(value, dict):
        return {fit(key): fit(one) for key, one in value.items()}
    return value
