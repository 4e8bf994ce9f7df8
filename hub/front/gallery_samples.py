"""Made-up things in every state that a component can be in. Only the gallery shows them."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace as Thing

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

AT = datetime(2024, 3, 3, 14, 5, tzinfo=UTC)
HASH = "9f2c4e7ab1d05c38e6647f0a9b3d1e5f72c8406bd93e1fa4507c6d82e9b0a134"

PLACES = [
    SelectChoice("scotland", "Scotland"),
    SelectChoice("england-wales", "England and Wales"),
    SelectChoice("uk", "The UK"),
]
TOPICS = [
    "Organising information",
    "How long to keep records",
    "Information security",
    "Freedom of information",
    "SharePoint",
    "Public Records (Scotland) Act",
    "Data protection",
    "Change management",
    "Social media",
]

LONG_TITLE = (
    "When a council's former leader deletes two years of posts from an account that was paid for, run and "
    "announced by the council, who owns what was deleted, and does the retention schedule reach it at all?"
)


class SampleForm(FlaskForm):
    """One field of each kind."""

    title = StringField(
        "Your question",
        description="One sentence that a colleague elsewhere would understand.",
        validators=[InputRequired("Write your question in one sentence.")],
    )
    text = TextAreaField(
        "What you want to know",
        description="What you have tried, and what it is for.",
        validators=[InputRequired("Write a few words about what you want to know.")],
    )
    place = SelectField("Where it applies", choices=PLACES)
    frequency = RadioField(
        "How often to write to you",
        choices=[
            SelectChoice("never", "Never"),
            SelectChoice("daily", "Every day"),
            SelectChoice("weekly", "Every week"),
        ],
        default="daily",
        validators=[InputRequired("Choose how often.")],
    )
    topics = SelectMultipleField(
        "Topics",
        description="Choose up to three.",
        choices=[SelectChoice(name) for name in TOPICS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    archive = FileField("Archive", description="A zip file of up to 2 GB.")
    follow = BooleanField("Tell me when it is answered", description="By e-mail, at once.")


def forms() -> tuple[SampleForm, SampleForm]:
    """The form as it is first shown, and as it comes back with something to mend."""
    fresh = SampleForm(formdata=None, prefix="fresh", meta={"csrf": False})
    mend = SampleForm(formdata=None, prefix="mend", meta={"csrf": False})
    mend.title.data = "Who keeps the tweets?"
    mend.text.errors = ["Write a few words about what you want to know."]
    mend.archive.errors = ["This zip file is cut short: its last 2,048 bytes are missing."]
    return fresh, mend


BY_ADDRESS = {
    "handle": "ailsa",
    "name": "Ailsa Grant",
    "profession": "records",
    "organisation": "Strathlennan Council",
    "sector": "local_government",
    "confirmed": "address",
}
BY_MODERATOR = {
    "handle": "tom",
    "name": "Tom Okafor",
    "profession": "digital",
    "organisation": "Office of Public Answers",
    "sector": "central_government",
    "confirmed": "moderator",
}
BY_SAID = {
    "handle": "morag",
    "name": "Morag MacInnes",
    "profession": "information_governance",
    "organisation": "Larkspur Records Ltd",
    "sector": "supplier",
    "confirmed": "said",
}
BY_NOBODY: dict[str, str] = {}


def _topic(name: str) -> Thing:
    return Thing(name=name, slug="topic")


def rows() -> list[dict[str, object]]:
    """Rows of lists: plain, unread, with states, with a very long title, without one, with 10,000 answers."""
    group = {"group_name": "Records and information management Scotland", "group_path": "#"}
    line = "We have an X account that two departments shared until March. Nobody can say who posted what."
    social, retention = _topic("Social media"), _topic("How long to keep records")
    return [
        {
            "title": "How long should we keep deleted posts of our own channel?",
            "path": "#",
            "line": line,
            "number": 4,
            "number_word": "answers",
            "status": ("verified", "Answered"),
            "by_name": "Ailsa Grant",
            "at": AT,
            "topics": [social, retention],
            "place": "scotland",
            **group,
        },
        {
            "title": "Is a direct message to a council a request for information?",
            "path": "#",
            "line": line,
            "number": 1,
            "number_word": "answer",
            "status": ("open", "Waiting for an answer"),
            "unread": True,
            "by_name": "Tom Okafor",
            "at": AT,
            "topics": [social],
            "sample": True,
            **group,
        },
        {
            "title": LONG_TITLE,
            "path": "#",
            "line": line * 4,
            "number": 10000,
            "number_word": "replies",
            "status": ("overdue", "Overdue"),
            "by_name": "Morag MacInnes",
            "at": AT,
            "topics": [_topic(name) for name in TOPICS],
            **group,
        },
        {"title": "", "path": "#", "number": 0, "number_word": "answers", "status": ("closed", "Closed")},
        {"title": "Naming files", "path": "#", "kind": "Guidance", "status": ("due", "Needs review")},
    ]


def items() -> list[Thing]:
    """Items of the spine, one of each kind and state that has a word."""
    group = Thing(name="Digital in public services", path="#")
    states = [
        ("question", "open", 0, False),
        ("question", "answered", 3, False),
        ("discussion", "open", 12, True),
        ("guidance", "published", 0, False),
        ("guidance", "needs_review", 0, False),
        ("guidance", "superseded", 0, False),
    ]
    return [
        Thing(
            id=number,
            version=1,
            created_at=AT,
            closed_at=AT if closed else None,
            kind=kind,
            state=state,
            reply_count=replies,
            closed=closed,
            title="Moving a publication scheme to the web",
            summary="What we learned in the first year.",
            path="#",
            byline=BY_ADDRESS,
            published_at=AT,
            last_activity_at=AT,
            group=group,
            topics=[_topic("Freedom of information")],
            applies_to="scotland",
            is_sample=False,
        )
        for number, (kind, state, replies, closed) in enumerate(states)
    ]


def groups() -> list[Thing]:
    """Groups of each visibility."""
    return [
        Thing(id=-1, name=name, path="#", summary=about, member_count=count, visibility=seen, joining=joining)
        for name, about, count, seen, joining in (
            ("Digital in public services", "For people who run services.", 1, "public", "open"),
            ("Records Scotland", "Ask, compare, write down.", 2310, "part_open", "on_request"),
            ("Inspectors", "", 12, "listed", "by_invitation"),
        )
    ]


def examples() -> list[Thing]:
    """Cards: as it stands, deleted, edited, of a private person, without anything, with marked words, behind
    a warning, kept back, withdrawn."""
    base = {
        "platform": "X (formerly Twitter)",
        "kind": "Post",
        "name": "Strathlennan Council",
        "handle": "strathlennan",
        "masked": False,
        "at": AT,
        "lang": "en",
        "media": [],
        "events": [],
        "version": None,
        "source": "export",
        "caption": None,
        "kept_by": "Strathlennan Council",
        "sha256": HASH,
        "evidence_path": "#",
        "withdrawn": False,
        "sample": True,
        "text": "The A87 is closed at Glenfearn because of flooding. Please do not travel.\n\nDiversion: "
        "https://example.org/a87-diversion\n#flooding",
    }
    picture = Thing(
        path="/static/img/wordmark.svg", kind="image", alt="A sign saying Knowledge Hub", filename="a"
    )
    lost = Thing(path=None, kind="video", alt=None, filename="river.mp4")
    variants = [
        {"caption": "A warning that was right when it was made. Its replies are records too."},
        {
            "events": [
                (
                    "deleted",
                    "Deleted",
                    "on the platform between 3 and 9 March 2024; this copy was kept on 2 March 2024.",
                )
            ],
            "media": [picture, lost],
            "caption": "What was deleted had been quoted by two newspapers the same day.",
        },
        {
            "events": [
                (
                    "edited",
                    "Edited",
                    "once, 12 minutes after it was posted; this is the second of two versions.",
                ),
                ("verified", "Verified", "bytes match the export's manifest."),
            ],
            "version": "Version 2 of 2",
        },
        {
            "masked": True,
            "name": None,
            "handle": None,
            "source": "capture",
            "kept_by": "University of Fearn",
            "text": "@strathlennan my bin has not been emptied since January",
            "kind": "Reply",
        },
        {
            "text": "",
            "at": None,
            "name": None,
            "handle": None,
            "caption": None,
            "kept_by": None,
            "sha256": None,
            "evidence_path": None,
            "platform": "Facebook",
        },
        {
            "platform": "Mastodon (Fediverse)",
            "audience": "for everybody",
            "title": "Flooding at Glenfearn",
            "runs": [
                ("The A87 is closed at Glenfearn. ", False),
                ("Please do not travel.", True),
                (" Diversion by the B842.", False),
            ],
            "caption": "What people were to do is marked; the rest stands as it was written.",
        },
        {"warning": "Flood, people rescued", "events": [("verified", "Verified", "against its record.")]},
        {"kept_back": True},
        {"withdrawn": True},
    ]
    return [Thing(**{**base, **variant}) for variant in variants]


def timeline() -> list[Thing]:
    """What happened to an archived post."""
    return [
        Thing(
            at=AT - timedelta(days=1),
            what="First seen",
            note="In the account's own export.",
            meaning="verified",
        ),
        Thing(at=AT, what="Edited", note="The second version was kept.", meaning="due"),
        Thing(at=AT + timedelta(days=6), what="Deleted on the platform", note=None, meaning="overdue"),
        Thing(at=None, what="Attached to a question", note="By Ailsa Grant.", meaning=None),
    ]


DIFFERENCE = [
    ("same", "Keep posts of the council's own channels for "),
    ("removed", "three"),
    ("added", "seven"),
    ("same", " years after the end of the "),
    ("added", "financial "),
    ("same", "year in which they were made."),
]

STATS = [
    Thing(number=3, word="reports to decide", path="#", status=("overdue", "Oldest: 6 days")),
    Thing(number=12, word="questions without an answer", path="#", status=None),
    Thing(number=2, word="guidance pages due for review", path="#", status=("due", "This month")),
    Thing(number=0, word="people asking to join", path=None, status=None),
    Thing(number=10000, word="posts", path="#", status=None),
]

AUTHORS = [
    Thing(name="Glen Council", handle="glencouncil", later_handle="", met_on=None),
    Thing(name="Glen", handle="glencouncil", later_handle="", met_on=datetime(2024, 6, 1, tzinfo=UTC)),
    Thing(name="", handle="glencouncil", later_handle="glen_council", met_on=None),
    Thing(name="Glen Council", handle="", later_handle="", met_on=None),
    Thing(name="", handle="", later_handle="", met_on=None),
]

FILTERS = [
    Thing(
        title="Kind",
        options=[
            Thing(text="Everything", path="#", current=True, count=128),
            Thing(text="Questions", path="#", current=False, count=71),
            Thing(text="Guidance", path="#", current=False, count=9),
        ],
    ),
    Thing(
        title="Topic",
        options=[Thing(text=name, path="#", current=False, count=None) for name in TOPICS],
    ),
]


def things() -> dict[str, object]:
    """Everything that the gallery's template shows."""
    fresh, mend = forms()
    return {
        "at": AT,
        "law_as_at": date(2024, 3, 3),
        "authors": AUTHORS,
        "by": [BY_ADDRESS, BY_MODERATOR, BY_SAID, BY_NOBODY],
        "rows": rows(),
        "items": items(),
        "groups": groups(),
        "examples": examples(),
        "entries": timeline(),
        "parts": DIFFERENCE,
        "figures": STATS,
        "filter_groups": FILTERS,
        "fresh": fresh,
        "mend": mend,
        "long_title": LONG_TITLE,
        "topic_list": [_topic(name) for name in TOPICS[:3]],
        "typed_pairs": [
            ("title", "Who keeps the tweets?"),
            ("text", "We had an account\nthat nobody owned."),
        ],
    }
