"""The evidence of an example: how it is known what it shows; taking it away, changing it."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.archive.approvals.actions import others
from hub.archive.leaving import the_collection_of
from hub.archive.proof.downloads import proof_file
from hub.core.access import current_actor, load_from, requires
from hub.core.differences import difference_html
from hub.core.forms import HubForm
from hub.core.site import address

from .. import actions, editing
from ..approved import ask_to_show
from ..cards import Card, cards_of, for_judging
from ..forms import AskToShowForm, EditForm
from ..highlighting import words_of
from ..models import Example
from ..proofs import anchored_by, proof_of
from ..queries import seen_example
from .blueprint import bp, path_of


@bp.get("/evidence/<token>")
@requires("example.read")
def evidence(token: str) -> str:
    """How it is known what an example shows."""
    example = load_from(seen_example(current_actor(), token))
    cards = for_judging(cards_of([example])[example.id])  # who may not see it does not come here
    return render_template(
        "examples/evidence.html",
        group=example.post.item.group,
        section="examples",
        example=example,
        item=example.post.item,
        cards=cards,
        differences=_differences(example, cards),
        anchors=[anchored_by(card, part) for part, card in zip(example.shows, cards, strict=True)],
        form=HubForm(),
    )


def _differences(example: Example, cards: Sequence[Card]) -> list[Markup]:
    """For each card, how it differs from the earlier version of the same post that is shown here; empty when
    none is. Only what is attached: the other versions are the keepers' alone."""
    shown = list(zip(example.shows, cards, strict=True))
    differences = []
    for part, card in shown:
        earlier = [
            other
            for each, other in shown
            if each.archived_post_id == part.archived_post_id and other.number < card.number
        ]
        before = max(earlier, key=lambda other: other.number, default=None)
        differences.append(difference_html(before.text, card.text) if before else Markup())
    return differences


@bp.get("/evidence/<token>/proof/<int:number>")
@requires("example.read")
def proof(token: str, number: int) -> Response:
    """The proof of one of the posts that an example shows, to be checked without the hub."""
    example = load_from(seen_example(current_actor(), token))
    cards = for_judging(cards_of([example])[example.id])
    if not 1 <= number <= len(cards):
        abort(404)
    part, card = example.shows[number - 1], cards[number - 1]
    made = proof_of(example, part, card, address())
    if made is None:
        abort(404)
    return proof_file(made, f"{example.token}-{number}")


@bp.post("/evidence/<token>/removal")
@requires("example.detach")
def remove(token: str) -> str | Response:
    """Take an example away from where it stands."""
    form = HubForm()
    if earlier := form.sent_before():
        return earlier
    example = load_from(seen_example(current_actor(), token))
    if not form.validate_on_submit():
        return redirect(example.path, 303)
    post_path = path_of(example.post)
    actions.detach(current_actor(), example)
    flash(_("The example is gone from this page. The archived posts are kept as they were."), "success")
    return form.done(post_path)


@bp.route("/evidence/<token>/edit", methods=["GET", "POST"])
@requires("example.edit")
def edit(token: str) -> str | Response | tuple[str, int]:
    """Change the caption, the order of the posts, the passages that are marked."""
    example = load_from(seen_example(current_actor(), token))
    form = EditForm(data={"caption": example.caption})
    if earlier := form.sent_before():
        return earlier
    said = editing.said_by(example)
    if form.validate_on_submit():
        editing.edit(
            current_actor(),
            example,
            form.caption.data or "",
            [_place(part.position) for part in example.shows],
            [request.form.get(f"passages-{part.position}", "").splitlines() for part in example.shows],
        )
        flash(_("The example is changed. Earlier captions are kept."), "success")
        return form.done(example.path)
    page = render_template(
        "examples/edit.html",
        group=example.post.item.group,
        section="examples",
        example=example,
        item=example.post.item,
        form=form,
        parts=list(zip(example.shows, said, strict=True)),
        passages=[
            words_of(text, part.passages or ()) for part, text in zip(example.shows, said, strict=True)
        ],
    )
    return page, form.status


def _place(position: int) -> int:
    asked = request.form.get(f"place-{position}", "")
    return int(asked) if asked.isdecimal() and len(asked) < 4 else position


@bp.route("/evidence/<token>/showing", methods=["GET", "POST"])
@requires("example.edit")
def showing(token: str) -> str | Response | tuple[str, int]:
    """Ask a second person whether it goes on showing what a private person has deleted."""
    actor = current_actor()
    example = load_from(seen_example(actor, token))
    if not any(card.kept_back for card in cards_of([example])[example.id]):
        abort(404)  # nothing waits for a second person
    collection = the_collection_of([part.archived_post for part in example.shows])
    form = AskToShowForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        asked = ask_to_show(actor, example, form.reason.data or "", form.second.data or "")
        flash(_("Asked. It is shown once a second person agrees."), "success")
        return form.done(asked.path)
    page = render_template(
        "examples/showing.html",
        group=example.post.item.group,
        section="examples",
        example=example,
        form=form,
        alone=not others(actor, collection),
    )
    return page, form.status
