"""The site itself: one row with the hub's name and what its administrators have told about it."""

from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, db

DEFAULT_NAME = "Knowledge Hub"


class Site(Base):
    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default=DEFAULT_NAME)
    tagline: Mapped[str] = mapped_column(String(300), default="")
    # The seeded hub shows its sample sign-ins; an organisation's own never does.
    is_sample: Mapped[bool] = mapped_column(default=False)
    texts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


# Built once: every page asks it.
_THE_SITE = select(Site).limit(1)


def unnamed_site() -> Site:
    """A hub that nobody has named yet; never saved."""
    return Site(name=DEFAULT_NAME, tagline="", is_sample=False, texts={})


def site() -> Site:
    """The site's row, or an unsaved default before the hub is set up. Loaded once a request."""
    if "site" not in g:
        g.site = db.session.scalar(_THE_SITE) or unnamed_site()
    return g.site


def address(path: str = "") -> str:
    """Where people find the hub, or a page of it, as a whole address."""
    return f"{current_app.extensions['settings'].address}{path}"


def init_app(app: Flask) -> None:
    app.extensions["hub_name"] = lambda: site().name
    app.context_processor(lambda: {"site": site()})
