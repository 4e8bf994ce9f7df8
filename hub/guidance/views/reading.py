"""Reading guidance: lists, a page, its history, what changed between two revisions."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from flask import abort, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.content.addresses import asked_number, group_at, item_at, topic_asked_for
from hub.content.files.shown import files_of
from hub.content.models import GUIDANCE, Item, Revision
from hub.content.queries import opening_post, reader, topics_of
from hub.content.reading import note_read
from hub.core import clock
from hub.core.access import current_actor, requires
from hub.core.differences import difference_html
from hub.core.markup import headings
from hub.core.policy import can
from hub.core.slots import gather
from hub.groups.models import Group
from hub.groups.rules import reads_talk
from hub.guidance import queries
from hub.guidance.actions.pages import revision
from hub.guidance.models import Filing
from hub.guidance.standing import standing
from hub.guidance.telling import changed_parts
from hub.guidance.wording import wording_of

from . import bp

# A page with fewer headings is read from top to bottom without a list of them.
CONTENTS_FROM = 3

PLACE = "/groups/<slug>/guidance/<int:number>"


@bp.get("/guidance")
@requires("site.read")
def everywhere() -> str:
    """Guidance of every group that the reader can read."""
    return _list(None)


@bp.get("/groups/<slug>/guidance")
@requires("group.read")
def in_group(slug: str) -> str:
    return _list(group_at(slug))


def _list(group: Group | None) -> str:
    actor, topic, today = current_actor(), topic_asked_for(), clock.now().date()
    which = request.args.get("list", queries.CURRENT)
    which = which if which in queries.LISTS else queries.CURRENT
    found = queries.pages(actor, which, today, group=group, topic=topic, cursor=request.args.get("after"))
    root = f"{group.path if group else ''}/guidance"
    kept = {"list": which if which != queries.CURRENT else None, "topic": topic.slug if topic else None}
    return render_template(
        "guidance/list.html",
        group=group,
        section="guidance",
        which=which,
        topic=topic,
        found=found,
        rows=[(page, standing(page, today)) for page in found],
        older=_address(root, **kept, after=found.older) if found.older else None,
        first=_address(root, **kept) if request.args.get("after") else None,
        narrowing=_narrowing(root, kept, topics_of(actor, group), actor.signed_in),
        root=root,
        reads=group is None or reads_talk(actor, group),
    )


def _address(root: str, **wanted: str | None) -> str:
    given = {name: value for name, value in wanted.items() if value}
    return f"{root}?{urlencode(given)}" if given else root


def _narrowing(root: str, kept: dict[str, str | None], topics: Any, signed_in: bool) -> list[SimpleNamespace]:
    words = [
        (None, _("Published")),
        (queries.DUE, _("Due for a check")),
        (queries.REPLACED, _("Superseded")),
    ]
    if signed_in:
        words.insert(1, (queries.DRAFTS, _("Drafts")))
    states = [
        _option(text, _address(root, list=which, topic=kept["topic"]), which == kept["list"])
        for which, text in words
    ]
    filed = [_option(_("All topics"), _address(root, list=kept["list"]), kept["topic"] is None)]
    filed += [
        _option(each.name, _address(root, list=kept["list"], topic=each.slug), each.slug == kept["topic"])
        for each in topics
    ]
    groups = [SimpleNamespace(title=_("State"), options=states)]
    return [*groups, SimpleNamespace(title=_("Topics"), options=filed)] if topics else groups


def _option(text: str, path: str, current: bool) -> SimpleNamespace:
    return SimpleNamespace(text=text, path=path, current=current)


@bp.get(PLACE)
@requires("item.read")
def show(slug: str, number: int) -> str:
    """A page as its readers see it; its editors also learn what waits."""
    actor, item = current_actor(), item_at(GUIDANCE, slug, number)
    page, post = queries.page_of(item), opening_post(item)
    found = headings(post.html)
    note_read(actor, item, item.last_position)
    return render_template(
        "guidance/show.html",
        group=item.group,
        section="guidance",
        item=item,
        page=page,
        post=post,
        text=Markup(post.html),  # rendered and cleaned when it was written
        contents=found if len(found) >= CONTENTS_FROM else [],
        standing=standing(page, clock.now().date()),
        overdue=page.published_number is not None and page.overdue(),
        told=queries.told(actor, page, post),
        files=files_of([post], item.path).get(post.id, ()),
        examples=gather("post.examples", actor, item, [post]).get(post.id, ""),
        more=gather("post.actions", actor, item, [post]).get(post.id, "") if actor.signed_in else "",
        mine=reader(actor, item, [post.id]),
        may=SimpleNamespace(
            edit=can(actor, "guidance.edit", item),
            publish=can(actor, "guidance.publish", item),
            check=can(actor, "guidance.check", page),
            history=can(actor, "guidance.history", item),
            vote=can(actor, "post.vote", post),
        ),
    )


@bp.get(PLACE + "/history")
@requires("guidance.history")
def history(slug: str, number: int) -> str | Response:
    """Every revision, newest first; two of them can be compared."""
    item = item_at(GUIDANCE, slug, number)
    older, newer = asked_number("from"), asked_number("to")
    if older and newer:
        return redirect(f"{item.path}/history/{min(older, newer)}..{max(older, newer)}", 303)
    rows = queries.history(item, asked_number("before"))
    return render_template(
        "guidance/history.html",
        group=item.group,
        section="guidance",
        item=item,
        page=queries.page_of(item),
        rows=rows,
        older=f"{item.path}/history?before={rows[-1].number}" if rows and rows[-1].number > 1 else None,
    )


@bp.get(PLACE + "/history/<int:of>")
@requires("guidance.history")
def as_it_was(slug: str, number: int, of: int) -> str:
    """One revision as it was written."""
    item = item_at(GUIDANCE, slug, number)
    chosen, filing = _revision(item, of)
    return render_template(
        "guidance/revision.html",
        group=item.group,
        section="guidance",
        item=item,
        page=queries.page_of(item),
        revision=chosen,
        filing=filing,
        text=Markup(chosen.html),
    )


@bp.get(PLACE + "/history/<int:older>..<int:newer>")
@requires("guidance.history")
def difference(slug: str, number: int, older: int, newer: int) -> str:
    """What changed from one revision to another."""
    item = item_at(GUIDANCE, slug, number)
    before, after = _revision(item, older), _revision(item, newer)
    return render_template(
        "guidance/difference.html",
        group=item.group,
        section="guidance",
        item=item,
        page=queries.page_of(item),
        older=before[0],
        newer=after[0],
        parts=changed_parts(wording_of(*before), wording_of(*after)),
        text=difference_html(before[0].source, after[0].source),
        same=before[0].source == after[0].source,
    )


def _revision(item: Item, number: int) -> tuple[Revision, Filing | None]:
    found = revision(item, number) if number < 2**31 else None
    return found if found is not None else abort(404)
