"""What every page needs from Python: versioned static addresses, moments and figures in words, the frame."""

from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

from . import language
from .keyed import own_address
from .language import in_zone, month
from .language import translated as _
from .words import words

THEMES = ("light", "dark")
THEME_COOKIE = "theme"

# Bootstrap first, then the hub's own, from the most general to the particular.
BOOTSTRAP = "css/bootstrap.min.css"
STYLESHEETS = ("tokens", "type", "frame", "components", "evidence")

FLASH_MEANINGS = {"success": "verified", "warning": "due", "error": "overdue", "danger": "overdue"}


@lru_cache(maxsize=256)
def _version(folder: str, name: str) -> str:
    return sha256((Path(folder) / name).read_bytes()).hexdigest()[:8]


@lru_cache(maxsize=256)
def _address(root: str, folder: str, name: str) -> str:
    return f"{root}/static/{name}?v={_version(folder, name)}"


def asset(name: str) -> str:
    """The address of a static file, with a version by its content, so that browsers may keep it for good."""
    return _address(request.script_root, current_app.static_folder or "", name)


@lru_cache(maxsize=8)
def _links(_root: str) -> Markup:
    link = '<link rel="stylesheet" href="{}">'
    folder = current_app.blueprints["bootstrap"].static_folder or ""
    version = _version(folder, BOOTSTRAP)
    links = [Markup(link).format(url_for("bootstrap.static", filename=BOOTSTRAP, v=version))]
    links += [Markup(link).format(asset(f"css/{name}.css")) for name in STYLESHEETS]
    links.append(Markup('<link rel="stylesheet" media="print" href="{}">').format(asset("css/print.css")))
    return Markup("\n").join(links)


def stylesheets() -> Markup:
    """The links to Bootstrap and the theme, the same on every page under one root."""
    return _links(request.script_root)


def chosen_theme() -> str | None:
    """Light or dark, when the reader chose; None leaves it to their system."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else None


def day(at: date) -> str:
    """'3 March 2024', in the reader's zone when it is a moment."""
    if isinstance(at, datetime):
        at = in_zone(at)
    return f"{at.day} {month(at.month)} {at.year}"


def moment(at: datetime) -> str:
    """'3 March 2024, 14:05' in the reader's zone. Cheaper than Babel's formatter: pages show dozens."""
    local = in_zone(at)
    return f"{local.day} {month(local.month)} {local.year}, {local.hour:02}:{local.minute:02}"


def moment_with_zone(at: datetime) -> str:
    """'3 March 2024, 14:05 GMT'."""
    return f"{moment(at)} {in_zone(at):%Z}"


def machine_time(at: datetime) -> str:
    """'2024-03-03T14:05:00Z'."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat('T', 'seconds')}Z"


def machine_day(at: date) -> str:
    """'2024-03-03'."""
    return f"{in_zone(at) if isinstance(at, datetime) else at:%Y-%m-%d}"


def figure(number: int) -> str:
    """'12,345': figures that one can read. Text passes as it is."""
    return f"{number:,}" if isinstance(number, int) else str(number)


def bytes_in_words(size: float) -> str:
    """'3.4 MB': sizes of files."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size = size / 1000
    return _("%(size)s GB") % {"size": f"{size:.1f}"}


def handle(name: str) -> Markup:
    """An account's handle with its "@". One of the federated web names its server too: where it does not fit,
    it breaks before the server, and behind a dot of it."""
    own, at, server = name.partition("@")
    breaking = Markup("<wbr>")
    return Markup("@{}").format(own) + (
        breaking + at + Markup(".<wbr>").join(server.split(".")) if at else ""
    )


def flash_meaning(category: str) -> str:
    """Which of the notices' meanings a flashed message has."""
    return FLASH_MEANINGS.get(category, category if category in FLASH_MEANINGS.values() else "info")


def navigation_words(in_group: bool) -> list[tuple[str, str]]:
    """The words of the navigation with the last part of their address, everywhere in the same order."""
    words = [
        ("questions", _("Questions")),
        ("discussions", _("Discussions")),
        ("guidance", _("Guidance")),
        ("examples", _("Examples")),
    ]
    return [*words, ("members", _("Members")) if in_group else ("groups", _("Groups"))]


def install(app: Flask) -> None:
    """Hand them to the templates."""
    language.install(app)
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    # Jinja chains globals for every template, and subtracts the chains at every import: a fifth of the time
    # of a page made of components. Nothing is added after the first template, so one dictionary serves.
    environment.make_globals = lambda own: {**environment.globals, **(own or {})}
    for function in (asset, stylesheets, chosen_theme, flash_meaning, navigation_words, own_address):
        environment.globals[function.__name__] = function
    environment.filters["in_words"] = words
    for function in (
        day,
        moment,
        moment_with_zone,
        machine_time,
        machine_day,
        figure,
        handle,
        bytes_in_words,
    ):
        environment.filters[function.__name__] = function
