"""Names that strangers gave their files, made safe to show and to save."""

import re
import unicodedata

from .kinds import KINDS
from .limits import LONGEST_DESCRIPTION

LONGEST = 120
# Characters that make a name read otherwise than it is: they change the direction, or are not seen.
UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffd\ud800-\udfff]"
)
# What some system takes for more than a letter.
SPECIAL = re.compile(r'[<>:"|?*]')


def fit_name(given: str, media_type: str) -> str:
    """One line without folders, ending in what the file is: a program that calls itself a text is saved as
    one, whatever name it came with."""
    kind = KINDS[media_type]
    name = unicodedata.normalize("NFC", UNSEEN.sub("", given)).replace("\\", "/").rpartition("/")[2]
    name = " ".join(SPECIAL.sub("_", name).split()).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not (stem and dot and f".{suffix.lower()}" in (kind.suffix, *kind.also)):
        stem, suffix = name, kind.suffix.lstrip(".")
    return f"{stem.strip()[: LONGEST - len(suffix) - 1] or 'file'}.{suffix}"


def fit_description(said: str) -> str:
    """What somebody says that a picture shows, in one line."""
    return " ".join(said.split())[:LONGEST_DESCRIPTION]


def shown_name(given: str) -> str:
    """A name as it came, of a file that was refused, for the sentence that says so."""
    name = UNSEEN.sub("", given).replace("\\", "/").rpartition("/")[2]
    return " ".join(name.split())[:LONGEST] or "?"
