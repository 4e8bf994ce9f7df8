"""What anybody may read in a reading program, and the page that says what there is."""

from flask import Response, abort, make_response, render_template, request

from hub.core.access import authorize, requires
from hub.core.policy import ANYBODY
from hub.core.site import address, site
from hub.feeds.answering import answer_open
from hub.feeds.queries import open_groups
from hub.feeds.subjects import (
    ATOM,
    CALENDAR,
    EVERYTHING,
    ICS,
    PATHS,
    READ,
    SEARCH,
    Subject,
    Wanted,
    of_search,
    subject_at,
)
from hub.feeds.wording import FORMAT_NAMES, about_kinds, kind_words, name_of
from hub.feeds.writing.opml import Listed, opml

from .blueprint import bp

ITEM_AT = "/groups/<slug>/<any(questions,discussions,guidance):place>/<int:number>"


@requires("feed.read")
def feed(**_parts: object) -> Response:
    """The feed whose address this is: the page's address, then "/feed." and the format."""
    base, _dot, written = request.path.rpartition(".")
    base = base.removesuffix("/feed")
    wanted = Wanted.of(request.args) if base == "/search" else None
    subject = of_search(wanted, ANYBODY) if base == "/search" else subject_at(base, ANYBODY)
    authorize("feed.read", subject or abort(404))
    return answer_open(subject, written)


for _place in ("", "/groups/<slug>"):
    for _kind, _path in PATHS.items():
        for _written in (ICS,) if _kind == CALENDAR else READ:
            _behind = f"{_path}.{ICS}" if _kind == CALENDAR else f"{_path}/feed.{_written}"
            bp.add_url_rule(f"{_place}{_behind}", f"{_kind}{'_of_group' if _place else ''}_{_written}", feed)
for _written in READ:
    bp.add_url_rule(f"{ITEM_AT}/feed.{_written}", f"item_{_written}", feed)
    bp.add_url_rule(f"/search/feed.{_written}", f"{SEARCH}_{_written}", feed)


@bp.get("/feeds")
@requires("site.read")
def index() -> str:
    """What feeds there are, and what one does with them."""
    return render_template(
        "feeds/index.html",
        subjects=[Subject(kind) for kind in PATHS],
        groups=[(group, [Subject(kind, group=group) for kind in PATHS]) for group in open_groups()],
        names=kind_words(),
        about=about_kinds(),
        formats=FORMAT_NAMES,
    )


@bp.get("/feeds.opml")
@requires("site.read")
def open_list() -> Response:
    """Open feeds as a list that reading programs take in: the hub's, and each open group's."""
    subjects = [Subject(kind) for kind in PATHS if kind != CALENDAR]
    subjects += [Subject(EVERYTHING, group=group) for group in open_groups()]
    listed = [Listed(name_of(one), address(one.feed(ATOM)), address(one.page)) for one in subjects]
    response = make_response(opml(site().name, listed))
    response.headers["Content-Type"] = "text/x-opml; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="feeds.opml"'
    return response
