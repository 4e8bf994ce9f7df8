"""A paper as one file of HTML that needs nothing beside it: no hub, no network."""

from __future__ import annotations

import base64
from pathlib import Path

from flask import current_app, render_template
from markupsafe import Markup

from .blocks import Paper

STYLE = "css/paper.css"


def page_of(paper: Paper) -> str:
    """The whole page; its pictures stand in it."""
    plain = paper.as_plain()
    for block in plain["blocks"]:
        if block["kind"] == "picture":
            packed = base64.b64encode(Path(block["path"]).read_bytes()).decode()
            block["url"] = f"data:image/webp;base64,{packed}"
        block.pop("path", None)
    css = Path(current_app.static_folder or "", STYLE).read_text()
    return render_template("handover/paper_file.html", paper=plain, style=Markup(f"<style>{css}</style>"))
