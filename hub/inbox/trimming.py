"""What somebody wrote, without what their program quoted, their signature, and their organisation's footer.

Read line by line, each line once: a message of any form costs what its length costs. In doubt a line stays:
a signature on a page is a blemish, a sentence that is lost is not ours to lose.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .phrases import BANNER, CLASSIFIED, CLOSING, DISCLAIMER, FOOTER, POSTSCRIPT, RULE, SENT_FROM

# A signature is short, in lines and in their length.
LONGEST_SIGNATURE, LONGEST_SIGNATURE_LINE = 14, 90
# "On Tuesday, 3 March 2026 at 10:12, Cat Muir <cat@example.org> wrote:" is broken into three lines at most.
ATTRIBUTION_LINES, LONGEST_ATTRIBUTION = 3, 300
# Of what is answered, no more than this is repeated in front of somebody's words, in lines.
MOST_REPEATED = 40
# So far above a footer stands whoever it is signed by, in paragraphs.
SIGNED_WITHIN = 6

# Stands above what the hub mails; programs that do not mark what they quote leave it as it is.
MARKER = re.compile(r"^\W*reply above this line\W*$", re.IGNORECASE)

QUOTE = re.compile(r"^\s{0,3}>")
ATTRIBUTION = re.compile(
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|skrev|sgrìobh)\b[^\n]{0,40}:\s*$"
    r"|<[^<>\s]+@[^<>\s]+>[^\n]{0,20}:\s*$|\b20\d\d\b[^\n]{0,60}\b\d{1,2}[:.]\d\d\b[^\n]*:\s*$"
    r"|\b\d{1,2}[:.]\d\d\b[^\n]{0,60}\b20\d\d\b[^\n]*:\s*$",
    re.IGNORECASE,
)
BEGINS_ATTRIBUTION = re.compile(r"^\W*(?:On|Am|Le|El|Il|Den|Op|Air)\b", re.IGNORECASE)
HEADER_LINE = re.compile(
    r"^\W{0,4}(From|Sent|Date|To|Cc|Subject|Importance|Reply-To|Von|Gesendet|An|Betreff|De|Envoyé|À|Objet)"
    r"\W{0,3}:\W{0,4}\s",
    re.IGNORECASE,
)
FIRST_HEADER = re.compile(r"^\W{0,4}(?:From|Von|De)\W{0,3}:", re.IGNORECASE)
DAY_OR_ADDRESS = re.compile(r"@|\b(?:19|20)\d\d\b|\d[./-]\d")
SEPARATOR = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|Reply message|Original Appointment)\s*-{2,}"
    r"|_{20,}|-{30,}|Begin forwarded message:)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Trimmed:
    """text: what is left. quoted: whether something was cut that somebody else wrote."""

    text: str
    quoted: bool


def trimmed(text: str, *, names: Iterable[str] = (), quotable: str = "") -> Trimmed:
    """Only what its sender wrote.

    names: what they sign with. quotable: what they answer, of which lines may stand before their own.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    end = _end_of_own(lines)
    own, quoted = _without_quotes(lines[:end], _words(quotable))
    own = _without_banner(own)
    signs = [said for name in names if (said := _words(name))]
    own = _without_footer(own, signs)
    own = _without_signature(own, signs)
    own = _without_footer(own, signs)
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip("\n").rstrip()
    return Trimmed(kept if _says_something(kept) else "", quoted or end < len(lines))


def ends_of(text: str, lines: int) -> list[str]:
    """The first and the last lines that say something, of what its sender wrote and of the whole message."""
    whole = [line.strip() for line in text.split("\n")]
    own = [line for line in whole[: _end_of_own(whole)] if line and not QUOTE.match(line)]
    unquoted = [line for line in whole if line and not QUOTE.match(line)]
    return [*own[:lines], *own[-lines:], *unquoted[-lines:]]


def _end_of_own(lines: Sequence[str]) -> int:
    """Where a program began to quote without marking each line: at the hub's own words, at a separator with
    headers under it, or at the headers of the message that is answered."""
    for at, line in enumerate(lines):
        if not line or QUOTE.match(line):
            continue
        if MARKER.match(line):
            return _before_attribution(lines, at)
        if FIRST_HEADER.match(line) and _are_headers(lines[at : at + 6]):
            return at
        if SEPARATOR.match(line):
            nxt = [one for one in lines[at + 1 : at + 8] if one.strip()]
            says_so = any(letter.isalpha() for letter in line)
            if nxt and (says_so or FIRST_HEADER.match(nxt[0])):
                return at
    return len(lines)


def _are_headers(lines: Sequence[str]) -> bool:
    """Those of a message: they name a day or an address. Who writes about headers names neither."""
    found = [line for line in lines if HEADER_LINE.match(line)]
    return len(found) >= 3 and any(DAY_OR_ADDRESS.search(line) for line in found)


def _before_attribution(lines: Sequence[str], at: int) -> int:
    """Where the "On Tuesday, Cat wrote:" begins that ends just before this line, if one does."""
    last = at
    while last > 0 and not lines[last - 1].strip():
        last -= 1
    if last == 0 or not ATTRIBUTION.search(lines[last - 1][-LONGEST_ATTRIBUTION:]):
        return at
    for first in range(last - 1, max(-1, last - 1 - ATTRIBUTION_LINES), -1):
        if BEGINS_ATTRIBUTION.match(lines[first]):
            return first
        if first and not lines[first - 1].strip():
            return first
    return last - 1


def _without_quotes(lines: list[str], quotable: str) -> tuple[list[str], bool]:
    """Quoted lines go. Those of what is answered stay where something is said under them: without them, "Yes"
    and "No" would mean nothing; and so does what they cite themselves, as a law, between words of theirs."""
    own: list[str] = []
    quoted = begun = False
    last_own = max(
        (at for at, line in enumerate(lines) if line.strip() and not QUOTE.match(line)), default=-1
    )
    at = 0
    while at < len(lines):
        if not QUOTE.match(lines[at]):
            own.append(lines[at])
            begun = begun or bool(lines[at].strip())
            at += 1
            continue
        first = at
        while at < len(lines) and (QUOTE.match(lines[at]) or (_goes_on(lines, at))):
            at += 1
        block, attribution = lines[first:at], _before_attribution(own, len(own))
        quoted = quoted or attribution < len(own) or not begun or _is_by_a_program(block, quotable)
        del own[attribution:]
        if at <= last_own:
            own += _quotation(block[-MOST_REPEATED:], quotable) if quoted else _cited(block)
    return own, quoted


def _is_by_a_program(block: Sequence[str], quotable: str) -> bool:
    """Whether it is quoted from a message, or from what is answered. Else, between words of theirs, they cite
    something themselves."""
    said = [line.lstrip("> ").strip() for line in block]
    signs = (MARKER, SEPARATOR, FIRST_HEADER)
    return any(
        any(sign.match(line) for sign in signs)
        or ATTRIBUTION.search(line[-LONGEST_ATTRIBUTION:])
        or _stands_in(line, quotable)
        for line in said
    )


def _stands_in(line: str, quotable: str) -> bool:
    words = _words(line)
    return words.count(" ") > 2 and words in quotable


def _cited(block: Sequence[str]) -> list[str]:
    return ["", *(f"> {line.lstrip('> ').strip()}".rstrip() for line in block), ""]


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """An empty line between two quoted ones."""
    return not lines[at].strip() and at + 1 < len(lines) and bool(QUOTE.match(lines[at + 1]))


def _quotation(block: Sequence[str], quotable: str) -> list[str]:
    """The last lines of a quoted block that stand in what is answered, as a quotation."""
    kept: list[str] = []
    for line in reversed(block):
        said = line.lstrip("> ").strip()
        if said and (len(_words(said)) < 4 or _words(said) not in quotable):
            break
        kept.append(f"> {said}" if said else ">")
    while kept and kept[-1] == ">":
        kept.pop()
    while kept and kept[0] == ">":
        kept.pop(0)
    return ["", *reversed(kept), ""] if kept else []


def _without_banner(lines: list[str]) -> list[str]:
    """Without what a mail server put above: a marking that says nothing, and the paragraph of a warning, with
    rules around it."""
    first = _first_that_says(lines)
    if first < len(lines) and CLASSIFIED.match(lines[first]) and any(lines[first + 1 :]):
        lines = lines[first + 1 :]
        first = _first_that_says(lines)
    if first == len(lines) or not (
        BANNER.match(lines[first]) and _is_footer(_paragraph(lines, first), beside=True)
    ):
        return lines
    end = first
    while end < len(lines) and lines[end].strip():
        end += 1
    rest = lines[end:]
    return rest if any(line.strip() for line in rest) else lines


def _first_that_says(lines: Sequence[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip() and not RULE.match(line)), len(lines))


def _without_footer(lines: list[str], names: list[str]) -> list[str]:
    """Without the footer of an organisation: paragraphs at the end that say what footers say. The first
    paragraph stays: a message that is only a footer says nothing anyway."""
    paragraphs = _paragraphs(lines)
    kept = _begin_of_disclaimer(paragraphs, names)
    paragraphs = paragraphs[:kept]
    at = kept
    # Small paragraphs stand between those of a footer: an address, a slogan. They go when a footer follows.
    for number in range(len(paragraphs) - 1, 0, -1):
        paragraph = paragraphs[number]
        if _is_footer(paragraph, beside=at < len(paragraphs) or _is_signed(paragraphs, number, names)):
            at = number
        elif not _is_trifle(paragraph):
            break
    kept = at
    while kept > 1 and _is_rule(paragraphs[kept - 1]):
        kept -= 1
    return [line for paragraph in paragraphs[:kept] for line in [*paragraph, ""]]


def _begin_of_disclaimer(paragraphs: Sequence[Sequence[str]], names: list[str]) -> int:
    """Under somebody's name, from a disclaimer on there is nothing that they wrote, whatever else it says."""
    for number in range(1, len(paragraphs)):
        above = paragraphs[max(0, number - SIGNED_WITHIN) : number]
        if DISCLAIMER.search(" ".join(paragraphs[number])[:4000]) and any(
            CLOSING.match(line.strip()) or any(_words(line).startswith(name) for name in names)
            for paragraph in above
            for line in paragraph
        ):
            asks = any(one[-1].rstrip().endswith("?") for one in paragraphs[number:])
            return len(paragraphs) if asks else number
    return len(paragraphs)


def _without_signature(lines: list[str], names: list[str]) -> list[str]:
    """Without the name and what stands under it, but with what was added after it."""
    added = next((at for at, line in enumerate(lines) if at and POSTSCRIPT.match(line)), len(lines))
    return [
        *_unsigned(lines[:added], names),
        *([""] if lines[added:] else []),
        *_unsigned(lines[added:], names),
    ]


def _unsigned(lines: list[str], names: list[str]) -> list[str]:
    """Cut at the delimiter, at "Sent from my phone", at a closing with a name under it, or at the name."""
    written = [at for at, line in enumerate(lines) if line.strip()]
    for place in range(max(0, len(written) - LONGEST_SIGNATURE - 1), len(written)):
        at, rest = written[place], [lines[later] for later in written[place + 1 :]]
        line = lines[at].strip()
        named = any(_words(one).startswith(name) for one in rest for name in names)
        if line == "--" and (named or not rest or not rest[-1].endswith("?")):
            return lines[:at]
        if SENT_FROM.match(line) and len(rest) <= 3:
            return _unsigned(lines[:at], names)
        if place == 0 or any(len(one) > LONGEST_SIGNATURE_LINE or one.endswith("?") for one in rest):
            continue
        if (CLOSING.match(line) and (not rest or _is_name(rest[0], names))) or _words(line) in names:
            return lines[:at]
        if not rest and any(name.split()[0] == _words(line) for name in names):
            return lines[:at]
    return lines


def _is_name(line: str, names: list[str]) -> bool:
    words = line.split()
    if _words(line) in names or any(name.startswith(_words(line) + " ") for name in names):
        return True
    named = all(
        word[:1].isupper() or word[:1] in "(|*" or word.lower() in {"de", "van", "von"} for word in words
    )
    return len(words) <= 4 and named and not line.rstrip().endswith((".", "?", "!", ":"))


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    """Lines between empty ones; a rule stands by itself."""
    found: list[list[str]] = []
    fresh = True
    for line in lines:
        if not line.strip():
            fresh = True
        elif RULE.match(line):
            found.append([line])
            fresh = True
        else:
            if fresh:
                found.append([])
            found[-1].append(line)
            fresh = False
    return found


def _paragraph(lines: Sequence[str], at: int) -> list[str]:
    end = at
    while end < len(lines) and lines[end].strip():
        end += 1
    return list(lines[at:end])


def _is_footer(paragraph: Sequence[str], *, beside: bool) -> bool:
    """beside: whether it stands under a signature, or above another. What footers say, people say, too, where
    records, mail and the law are talked about; but not twice in one paragraph."""
    said = " ".join(paragraph)[:4000]
    if len(paragraph) == 1 and CLASSIFIED.match(said):
        return True
    phrases = sum(1 for _phrase in FOOTER.finditer(said))
    return phrases >= (1 if beside else 2) and not said.endswith("?")


def _is_signed(paragraphs: Sequence[Sequence[str]], number: int, names: list[str]) -> bool:
    """Whether a signature, or a rule, stands shortly above a paragraph. The first line of all is none."""
    if _is_rule(paragraphs[number - 1]):
        return True
    above = [line for paragraph in paragraphs[max(0, number - SIGNED_WITHIN) : number] for line in paragraph]
    firsts = {name.split()[0] for name in names} | set(names)
    for at, line in enumerate(above):
        if at == 0 and number <= SIGNED_WITHIN:
            continue
        said = line.strip()
        if said == "--" or SENT_FROM.match(said) or _words(said) in firsts:
            return True
        if any(_words(said).startswith(f"{name} ") for name in names):
            return True
        if CLOSING.match(said) and at + 1 < len(above) and _is_name(above[at + 1], names):
            return True
    return False


def _is_rule(paragraph: Sequence[str]) -> bool:
    return len(paragraph) == 1 and bool(RULE.match(paragraph[0]))


def _is_trifle(paragraph: Sequence[str]) -> bool:
    said = " ".join(paragraph)
    return _is_rule(paragraph) or (len(said) <= 120 and not said.rstrip().endswith(("?", ".", ":")))


def _words(text: str) -> str:
    """Only letters and digits, in small letters: what stays of a text however programs break and mark it."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _says_something(text: str) -> bool:
    """Whether there is a word (or a sign of approval) that is no quotation."""
    own = "\n".join(line for line in text.split("\n") if not QUOTE.match(line))
    return bool(re.sub(r"[\s\\*_=~.,;:|>-]", "", own))
