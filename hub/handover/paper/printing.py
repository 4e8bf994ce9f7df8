"""A paper as a tagged PDF (PDF/UA-1), by typst. What people wrote reaches it as data, never as markup."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from flask_babel import gettext as _

from .blocks import Paper

TEMPLATE = Path(__file__).resolve().parents[3] / "templates" / "handover" / "paper.typ"

# The standard for documents that assistive technology reads: typst refuses what does not meet it.
STANDARD = "ua-1"

# Typst names the texts for which no font has letters; each round names those that it met.
UNSHOWN = re.compile(r"the text `\"((?:[^\"\\]|\\.)*)\"` could not be displayed")
ROUNDS = 20
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")

# Invisible signs that join or vary others; without the others they say nothing.
JOINERS = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF, 0xAD])


def print_pdf(paper: Paper, at: datetime) -> bytes:
    """The paper as the bytes of a PDF, made at that moment.

    Signs that no font here can show (emoji, some scripts) stand as their names in square brackets.
    """
    unshown: set[str] = set()
    with _laid_out(paper) as (folder, plain):
        for _round in range(ROUNDS):
            try:
                return _compile(folder, _named(plain, unshown), at)
            except typst.TypstError as problem:
                found = {_unescaped(one) for one in UNSHOWN.findall(problem.diagnostic)}
                if not found - unshown:
                    raise
                unshown |= {sign for text in found for sign in text if not sign.isascii()}
        raise RuntimeError("typst goes on finding signs that it cannot show.")


@contextmanager
def _laid_out(paper: Paper) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The paper's pictures in a folder of their own, and the paper with their names there."""
    plain = paper.as_plain()
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        for number, block in enumerate(plain["blocks"]):
            if block["kind"] == "picture":
                name = f"{number}.webp"
                shutil.copyfile(block["path"], Path(folder, name))
                block["path"] = f"/{name}"
        yield Path(folder), plain


def _compile(folder: Path, plain: dict[str, Any], at: datetime) -> bytes:
    # typst looks for what a document names within `root` only, and the template names nothing else.
    return typst.compile(
        TEMPLATE.read_bytes(),
        root=folder,
        sys_inputs={"paper": json.dumps(plain)},
        timestamp=int(at.timestamp()),
        format="pdf",
        pdf_standards=[STANDARD],
    )


def _named(value: Any, unshown: set[str]) -> Any:
    """The same value with every sign that cannot be shown as its name."""
    if isinstance(value, str):
        return _readable(value, unshown)
    if isinstance(value, dict):
        return {key: _named(one, unshown) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_named(one, unshown) for one in value]
    return value


def _readable(text: str, unshown: set[str]) -> str:
    text = text.translate(JOINERS)
    if not unshown.isdisjoint(text):
        text = "".join(f"[{name_of(sign)}]" if sign in unshown else sign for sign in text)
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def name_of(sign: str) -> str:
    """What a sign is called: "slightly smiling face"."""
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()


def explanation() -> str:
    """What a paper says about signs that stand as their names."""
    return _(
        "In the PDF, signs that its letters cannot show, such as some emoji, stand as their names in square "
        "brackets."
    )


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace('\\"', '"').replace("\\\\", "\\")
