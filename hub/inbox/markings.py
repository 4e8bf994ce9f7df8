"""Protective markings of British government (and what stands where they would): a message that carries one is
not published by a machine. Its sender decides."""

import re

from .reading import Arrived
from .trimming import ends_of

# Markings stand alone on one of the first or the last lines.
LINES = 5

_DASH = r"\s*[-–—‑‐/:_ ]\s*"
_SENSITIVE = rf"official{_DASH}sensitive"
# Labels in headers are written as one word with what stands before: Label_OFFICIAL-SENSITIVE.
ANYWHERE = re.compile(rf"(?<![a-z]){_SENSITIVE}\b", re.IGNORECASE)
# Words that are also words of every day: as markings they are in capitals, and stand alone.
CAPITALS = r"(?:OFFICIAL[\s–—:-]*)?(?:SENSITIVE|TOP SECRET|SECRET|RESTRICTED|CONFIDENTIAL)"
SUBJECT_EDGE = re.compile(
    rf"(?:^|^(?:re|fw|fwd):\s*)[\[(]?{CAPITALS}[\])]?\s*(?:[:|–—-]|$|(?<=[\])]))"
    rf"|[\[(]{CAPITALS}\b[^\])]*[\])]|[:|–—-]\s*{CAPITALS}\s*$"
)
SUBJECT_PREFIX = re.compile(r"^(?:\s*(?:re|fw|fwd)\s*:\s*)+", re.IGNORECASE)
_LABEL = r"(?:(?:security\s+)?(?:classification|marking|protective marking|sensitivity|handling)|security)"
ALONE = re.compile(
    rf"^\W*(?:(?i:{_LABEL})\W+)?(?:UK[\s–—:-]+)?"
    rf"(?:(?i:{_SENSITIVE})|{CAPITALS})(?:\W+[\w &,/-]{{0,60}})?\W*$"
)
CLASSIFIED = re.compile(rf"^\W*{_LABEL}\W+.*\b{_SENSITIVE}\b", re.IGNORECASE)
# How it is to be handled may stand on the same line; who asks about it ends with a question mark.
HANDLED = re.compile(
    rf"^\W*(?:UK[\s–—:-]+)?OFFICIAL{_DASH}SENSITIVE(?:\s+[A-Z]+)*\s*[\])]?\s*[:(\[–—.-][^?]*$"
    rf"|^\W*(?i:this (?:e-?mail|message|reply|document)\b[^?]{{0,60}}\b{_SENSITIVE})\b[^?]*$"
)
# Where programs write a marking down: Exchange's labels, Titus, Boldon James, and the header of old.
HEADERS = (
    "X-Protective-Marking",
    "Protective-Marking",
    "MSIP_Labels",
    "X-TITUS-Classification",
    "x-bjclassification",
    "X-Classification",
    "X-MS-Exchange-Organization-Classification",
)


def marking_of(arrived: Arrived, text: str, *, known_subject: str = "") -> str:
    """The marking that a message carries, as it stands there; empty when it carries none.

    known_subject: the title of what is answered. What stands in it was on a page already.
    """
    subject = SUBJECT_PREFIX.sub("", arrived.header("Subject"))
    if known_subject and known_subject.lower() in subject.lower():
        subject = ""
    if found := ANYWHERE.search(subject) or SUBJECT_EDGE.search(subject):
        return _said(found.group())
    for name in HEADERS:
        value = arrived.header(name)
        if found := ANYWHERE.search(value) or re.search(rf"\b{CAPITALS}\b", value):
            return _said(found.group())
    if arrived.header("Sensitivity").lower() in {"company-confidential", "private"}:
        return arrived.header("Sensitivity")
    for line in ends_of(text, LINES):
        bare = line.strip("*_\\ ")
        if len(bare) <= 200 and any(kind.match(bare) for kind in (ALONE, CLASSIFIED, HANDLED)):
            return _said(bare)
    return ""


def _said(marking: str) -> str:
    return " ".join(marking.strip("[]()*_:|–—- ").split())[:80]
