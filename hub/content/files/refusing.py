"""Why a file was not added, in words that say what to do."""

from collections.abc import Callable

from flask_babel import gettext as _

from .limits import largest, most_a_day, most_of_a_post


class Refusal(Exception):
    """A file cannot be added. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sentence(code: str, name: str) -> str:
    """What is said to whoever added it."""
    return _("“%(name)s” was not added. %(why)s", name=name, why=reason(code))


def reason(code: str) -> str:
    return _WHY.get(code, _WHY["kind"])()


_WHY: dict[str, Callable[[], str]] = {
    "empty": lambda: _("It is empty. Look whether you chose the right file."),
    "too_large": lambda: _(
        "It is larger than %(size)s. Make it smaller, or say where it can be found.", size=largest()
    ),
    "too_many": lambda: _(
        "A post can have up to %(most)s files. Put the others into a further post.", most=most_of_a_post()
    ),
    "too_much": lambda: _(
        "You have added %(size)s of files since this time yesterday, and that is all there is room for in a "
        "day. Add it tomorrow.",
        size=most_a_day(),
    ),
    "kind": lambda: _(
        "Files of this kind are not taken. Save it as a PDF, an office document, text, CSV or a picture."
    ),
    "web": lambda: _(
        "Web pages and SVG drawings can carry programs, so they are not taken. Save it as a PDF or as a PNG "
        "picture."
    ),
    "archive": lambda: _(
        "Zip files and other archives are not taken. Unpack it, and add the files that others need."
    ),
    "macros": lambda: _(
        "It carries macros or fetches a template that may. Save it without macros, and add it again."
    ),
    "old_office": lambda: _(
        "It is of an older Office, whose files can hide macros. Save it as .docx, .xlsx or .pptx."
    ),
    "locked": lambda: _("It is protected by a password, so nobody could read it. Save it without one."),
    "broken": lambda: _("It is damaged, or not what it says it is. Open it, save it anew, and try again."),
    "bomb": lambda: _("It unpacks to far more than it seems. Save it anew without what is hidden in it."),
    "huge": lambda: _("The picture has too many pixels. Make it smaller, and add it again."),
}
