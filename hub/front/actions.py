"""What administrators do to the site itself."""

from hub.core import audit, clock
from hub.core.database import db
from hub.core.markup import render
from hub.core.policy import Actor
from hub.core.site import site

from .site_pages import KEPT_UNDER


def write_site_page(actor: Actor, name: str, source: str, complete: bool) -> None:
    """Keep the text of a page about the site, rendered once, and whether it is complete."""
    row = site()
    if row.id is None:
        db.session.add(row)
        db.session.flush()
    written = {
        "source": source,
        "html": str(render(source)),
        "complete": complete,
        "written_at": clock.now().isoformat(),
    }
    texts = dict(row.texts or {})
    texts[KEPT_UNDER] = {**texts.get(KEPT_UNDER, {}), name: written}
    row.texts = texts
    audit.record(actor, "site.write_page", row, page=name, complete=complete)
