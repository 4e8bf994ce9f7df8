"""What a password must be: long, and not one that everybody tries first.

As the National Cyber Security Centre advises: length and a list of refused ones, no rules about characters
(they only make people write "Password123!").
"""

import re
import unicodedata
from itertools import pairwise

MINIMUM_LENGTH = 12
# Long enough for any sentence; a bound, so that nobody makes us hash a book.
MAXIMUM_LENGTH = 200

# What guessing begins with. A password that has little besides them is refused, whatever its length.
COMMON = """
    password passwort passw letmein welcome qwertyuiop qwertyui qwerty azerty asdfghjkl asdfgh
    zxcvbnm abcdefghijklm abcdefgh abcdef iloveyou admin administrator changeme default secret
    dragon monkey football liverpool rangers celtic arsenal chelsea sunshine princess master
    login summer winter spring autumn january february march april june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday scotland
    edinburgh glasgow aberdeen dundee london england council records knowledge hub archive
    correcthorsebatterystaple testing test user guest computer internet superman batman pokemon
    starwars trustno michael jessica charlie ashley
""".split()  # noqa: SIM905 - a list of words reads better as words
_COMMON = re.compile("|".join(sorted((re.escape(word) for word in COMMON), key=len, reverse=True)))

# So many letters or digits must be left when the common and personal parts are taken away ...
OWN_CHARACTERS = 5
# ... and so many different ones in the whole.
DIFFERENT_CHARACTERS = 5

TOO_SHORT, TOO_LONG, TOO_COMMON, TOO_PERSONAL = "short", "long", "common", "personal"

_LEET = str.maketrans("01345@$!7", "oieasasit")


def normal(password: str) -> str:
    """As it is hashed: the same characters, however a keyboard composed them."""
    return unicodedata.normalize("NFKC", password)


def problem(password: str, *personal: str) -> str | None:
    """What is wrong with a new password, as a code, or None. personal: the owner's names and addresses."""
    password = normal(password)
    if len(password) < MINIMUM_LENGTH:
        return TOO_SHORT
    if len(password) > MAXIMUM_LENGTH:
        return TOO_LONG
    plain = password.casefold()
    if len(set(plain)) < DIFFERENT_CHARACTERS or _is_run(plain) or _left(plain) < OWN_CHARACTERS:
        return TOO_COMMON
    if _left(plain, *_parts(personal)) < OWN_CHARACTERS:
        return TOO_PERSONAL
    return None


def _left(plain: str, *parts: str) -> int:
    """How many characters of one's own remain; what stands for a letter counts as that letter."""
    plain = re.sub(r"[\W_]+", "", plain.translate(_LEET))
    for part in parts:
        plain = plain.replace(part.translate(_LEET), "")
    return len(set(re.sub(r"\d+", "", _COMMON.sub("", plain))))


def _parts(personal: tuple[str, ...]) -> list[str]:
    found = [part for text in personal for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 3]
    return sorted(found, key=len, reverse=True)


def _is_run(plain: str) -> bool:
    """'123456789012' and 'abcdefghijkl': every character follows on the one before, or digits only."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps in ({1}, {-1}, {0}) or plain.isdigit()
