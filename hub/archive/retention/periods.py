"""Schedules say in words how long something is kept: "Closure of record + 6 years", "Until superseded"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .schedule_models import DISPOSE, FINANCIAL_YEAR, GIVEN, GONE, KEEP, KEPT, POSTED, REVIEW, TRANSFER, YEAR

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "seventy-five": 75, "hundred": 100,
}  # fmt: skip

_NUMBERS |= {"seventeen": 17, "nineteen": 19, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBERS |= {
    f"{tens}-{units}": _NUMBERS[tens] + _NUMBERS[units]
    for tens in ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    for units in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
}
_NUMBERS |= {"one-hundred": 100, "two-hundred": 200}

# A number as a whole: the end of another ("2.5", "1,000", "hundred and fifty") is another.
_WHOLE = r"(?<![\w.,])(?<![a-z]-)(?<!hundred )(?<!hundred and )"
_NUMBER = "(" + r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)).replace("-", "[- ]") + ")"

# No schedule keeps anything longer and calls it a number of years.
LONGEST = 12 * 200

_YEARS = re.compile(_WHOLE + _NUMBER + r"\s*-?\s*(?:calendar |financial |full )?(years?|yrs?|y)\b")
_MONTHS = re.compile(_WHOLE + _NUMBER + r"\s*-?\s*(months?|mths?)\b")
_WEEKS_OR_DAYS = re.compile(_WHOLE + r"(\d{1,4})\s*(weeks?|days?)\b")
_PLUS = re.compile(r"\+\s*(\d{1,3})\s*\Z")
_PERMANENT = re.compile(r"\b(permanent(ly)?|indefinite(ly)?|for ever|forever|in perpetuity)\b")
_UNTIL = re.compile(
    r"\b(until|superse(d|ss?)ed|life ?time of|as long as|when no longer|duration of|current)\b"
)

# Nearest first: a trigger that names an event is a date that somebody must give.
_TRIGGERS = (
    (re.compile(r"\b(financial|fiscal|tax) year\b|\bfy\b"), FINANCIAL_YEAR),
    (re.compile(r"\b(current|calendar|end of( the)?) year\b|\bcy\b"), YEAR),
    (re.compile(r"\bdelet(ed|ion)\b|\bremov(ed|al)\b"), GONE),
    (re.compile(r"\b(captur|receiv|import|receipt|record(ed)? in)\w*"), KEPT),
    (re.compile(r"\b(creat|post|publi|issu)\w*\b|\bdate of (the )?record\b"), POSTED),
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """starts: what the time is counted from. months: None for good. permanent: said so."""

    starts: str
    months: int | None
    permanent: bool = False


def read_period(trigger: str, period: str) -> Period | None:
    """What the words of a trigger and a period mean; None when they say no time that can be told."""
    words = " ".join(f"{trigger} {period}".casefold().replace("\u2013", "-").split())
    if _PERMANENT.search(words):
        return Period(POSTED, None, permanent=True)
    months = _months(period.casefold() if period.strip() else words)
    if months is None and period.strip():
        months = _months(words)
    if months is None:
        return Period(GIVEN, 0) if _UNTIL.search(words) else None
    return Period(_starts(_without_number(words)), months) if months <= LONGEST else None


def _months(words: str) -> int | None:
    words = " ".join(words.split())
    total, found = 0, False
    for pattern, factor in ((_YEARS, 12), (_MONTHS, 1)):
        if match := pattern.search(words):
            total, found = total + factor * _number(match[1]), True
    if found:
        return total
    if match := _WEEKS_OR_DAYS.search(words):
        days = int(match[1]) * (7 if match[2].startswith("week") else 1)
        return -(-days // 30)  # never shorter than it says
    if match := _PLUS.search(words):
        return 12 * int(match[1])
    # A column headed "years" holds bare numbers.
    return 12 * int(words) if words.isascii() and words.isdigit() and len(words) <= 3 else None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.replace(" ", "-")]


def _without_number(words: str) -> str:
    """What starts the time, without how long it is: "6 calendar years" is not the end of a calendar year."""
    return _MONTHS.sub(" ", _YEARS.sub(" ", words))


def _starts(words: str) -> str:
    rest = re.sub(r"\band\b|\+", " ", words).strip(" -,.;")
    if not rest:
        return POSTED
    return next((code for pattern, code in _TRIGGERS if pattern.search(rest)), GIVEN)


_ACTIONS = (
    (re.compile(r"\b(transfer|archiv)\w*"), TRANSFER),
    (re.compile(r"\b(permanent|preserv|keep|retain)\w*"), KEEP),
    (re.compile(r"\breview\w*"), REVIEW),
    (re.compile(r"\b(destr|dispos|delet|shred|eras)\w*"), DISPOSE),
)


def read_action(words: str, period: Period) -> str:
    """What happens when the time is over; nothing said is a review: whoever looks at it decides."""
    if period.permanent and not re.search(r"\b(transfer|archiv)\w*", words.casefold()):
        return KEEP
    told = words.casefold()
    found = next((code for pattern, code in _ACTIONS if pattern.search(told)), REVIEW)
    if found == KEEP and (then := told.partition("then")[2]):  # "retain for six years, then destroy"
        return next((code for pattern, code in _ACTIONS if pattern.search(then)), KEEP)
    return found
