"""Words for generated content: many different, believable texts from a few parts.

Rendering 40,000 texts would take minutes. Paragraphs are rendered once and put together as often as wanted:
each is a block of its own, so that the HTML of the whole is the HTML of its parts.
"""

from dataclasses import dataclass
from functools import cache
from random import Random

from hub.core.markup import render

WHO = (
    "the planning service",
    "the housing team",
    "a licensing board",
    "the registrar's office",
    "the museum service",
    "the flood team",
    "a health partnership",
    "the education department",
    "the call centre",
    "the elections office",
    "a joint valuation board",
    "our digital team",
    "the press office",
    "a community council",
    "our legal team",
    "the road safety unit",
    "the environmental health service",
    "a new chief officer",
    "one of our contractors",
)
WHAT = (
    "case notes",
    "consultation responses",
    "meeting recordings",
    "site photographs",
    "direct messages",
    "complaints",
    "old web pages",
    "contract variations",
    "inspection reports",
    "duty logs",
    "mailing lists",
    "committee papers",
    "design decisions",
    "training records",
    "public replies",
    "licence applications",
    "e-mail attachments",
    "call recordings",
    "drafts of policies",
    "map layers",
)
DOES = (
    "keeps {what} on its own drive",
    "cannot find {what} from before 2019",
    "publishes {what} without a date",
    "shares {what} with a contractor",
    "files {what} by year",
    "labels {what} by hand",
    "never disposes of {what}",
    "has two copies of {what}",
    "wants to move {what} to the cloud",
    "has lost the owner of {what}",
    "must hand over {what}",
    "prints {what} to be safe",
    "reviews {what} one by one",
    "keeps {what} for ever",
)
WHEN = (
    "once a quarter",
    "after every incident",
    "when somebody leaves",
    "before each audit",
    "every spring",
    "at the end of a project",
    "during an election",
    "whenever the system is upgraded",
    "after a complaint",
    "when a contract ends",
    "in the week before a committee",
    "as soon as a request arrives",
)
ADVICE = (
    "Begin with the question that you will be asked in five years.",
    "Write down who decided, and on what date.",
    "Ask what would be missed if it were gone tomorrow.",
    "Choose a trigger that somebody at a desk can see.",
    "Give it one owner, by name and by role.",
    "Keep the original as it came and work on a copy.",
    "Test it on the worst case that you remember.",
    "Say what is not done, with a date for doing it.",
    "Do it for one team first and let them tell the next.",
    "A list in a spreadsheet beats a system that nobody opens.",
    "If it cannot be explained in a sentence it will not be followed.",
    "Look at what people do, not at what the procedure says.",
    "Check the backups before you say that something is destroyed.",
    "Put the exception first and the rule after it.",
)
ASK = (
    "What do you keep of {what} {when}?",
    "Where would you begin if {who} {does}?",
    "Does anybody have a rule for {what} {when}?",
    "Who should own {what}, if {who} {does}?",
    "Is it safe to dispose of {what} {when}?",
    "How long do you keep {what}, and who checks them {when}?",
)
TELL = (
    "What we learned about {what} {when}",
    "Notes from a year in which {who} moved {what}",
    "Keeping {what} {when}: what others need not repeat",
    "A routine for {what} {when}",
)
OPEN = (
    "Here {who} {does}, and the rest of us find out {when}.",
    "We had the same last year: {who} {does}.",
    "It depends on who asks. Where {who} {does}, nobody has complained yet.",
    "What helped was to look at {what} {when}, with the people who use it.",
    "I would separate {what} from the rest, and review it {when}.",
    "Our auditors asked about exactly this: {who} {does}.",
    "The hard part is that {who} {does}, and will not say so until it is asked {when}.",
)

# Enough that two posts rarely share one, few enough to render in two seconds.
PARAGRAPHS = 700


@dataclass(frozen=True)
class Words:
    """One text: as typed, and as HTML."""

    source: str
    html: str


class Writer:
    """Writes titles and texts, the same for one `random`."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def question(self) -> str:
        return _filled(self.random, ASK)

    def heading(self) -> str:
        return _filled(self.random, TELL)

    def text(self, paragraphs: int) -> Words:
        parts = self.random.sample(_pool(), paragraphs)
        return Words(
            "\n\n".join(part.source for part in parts) + "\n",
            "\n".join(part.html for part in parts),
        )


@cache
def _pool() -> list[Words]:
    random = Random(1707)
    return [_paragraph(random) for _ in range(PARAGRAPHS)]


def _paragraph(random: Random) -> Words:
    advice = random.sample(ADVICE, 3)
    kind = random.random()
    if kind < 0.15:
        source = "\n".join(f"- {line}" for line in advice)
    elif kind < 0.25:
        source = f"**{advice[0]}** {_filled(random, OPEN)}"
    else:
        said = dict.fromkeys(_filled(random, OPEN) for _ in range(random.randint(1, 3)))
        source = " ".join([*said, advice[0]])
    return Words(source, render(source))


def _filled(random: Random, patterns: tuple[str, ...]) -> str:
    what = random.choice(WHAT)
    words = random.choice(patterns).format(
        who=random.choice(WHO),
        what=what,
        does=random.choice(DOES).format(what=what),
        when=random.choice(WHEN),
    )
    return words[0].upper() + words[1:]
