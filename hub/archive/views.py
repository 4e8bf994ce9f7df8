"""Pages of collections, imports and archived posts: for their keepers."""

from __future__ import annotations

import itertools
from urllib.parse import urlencode

from flask import Blueprint, Flask, abort, current_app, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.accounts.models import Person
from hub.core.access import current_actor, load, requires
from hub.core.database import db
from hub.core.differences import difference_html

from . import actions, queries, reckoning, uploads, words
from .forms import ORGANISATION, AccountForm, CancelForm, CollectionForm, KeeperForm, UploadForm
from .masking import former_handles
from .models import DONE, ArchivedPost, Collection, Import, Media, SocialAccount
from .own_accounts import unsaid
from .reasons import left_out_sentence, no_posts_sentence
from .rules import KEEPERS_OF_AN_ORGANISATION
from .storage import THUMBNAIL, MediaStore

bp = Blueprint("archive", __name__)


def install(app: Flask) -> None:
    uploads.install(app)
    app.jinja_env.globals["archive_words"] = words


@bp.get("/collections")
@requires("site.use")
def mine() -> str:
    """The collections that the actor keeps."""
    found = queries.collections_of(current_actor())
    return render_template("archive/collections.html", collections=found, sizes=queries.sizes(found))


@bp.route("/collections/new", methods=["GET", "POST"])
@requires("site.use")
def new() -> str | Response | tuple[str, int]:
    """Make a collection."""
    actor = current_actor()
    organisation = db.session.get(Person, actor.person_id).organisation
    form = CollectionForm()
    form.offer(organisation.name if organisation else "")
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        holder = organisation if form.holder.data == ORGANISATION else None
        made = actions.create_collection(actor, form.name.data, form.about.data or "", holder)
        return form.done(made.path)
    return render_template("archive/new_collection.html", form=form), form.status


@bp.get("/collections/<token>")
@requires("collection.read")
def collection(token: str) -> str:
    """What a collection holds, newest first."""
    found = load(Collection, Collection.token == token)
    state = request.args.get("state", queries.ALL)
    filters = queries.Filters(
        words=request.args.get("q", "")[:200].replace("\x00", ""),
        state=state if state in queries.STATES else queries.ALL,
        account=request.args.get("account", "")[:24].replace("\x00", ""),
    )
    actor = current_actor()
    imports = queries.imports_of(found)
    return render_template(
        "archive/collection.html",
        collection=found,
        page=queries.list_posts(actor, found, filters, request.args.get("after")),
        filters=filters,
        accounts=queries.accounts_of(actor, found, limit=12),
        unsaid=unsaid(actor, [found]),
        imports=imports,
        size=sum(one.new for one in imports if one.revealed_at),
        running=next((one for one in imports if one.unfinished), None),
        needs_keeper=bool(found.organisation_id) and len(found.keepers) < KEEPERS_OF_AN_ORGANISATION,
    )


@bp.route("/collections/<token>/import", methods=["GET", "POST"])
@requires("collection.keep")
def upload(token: str) -> str | Response | tuple[str, int]:
    """Upload a platform's export or a capture."""
    found = load(Collection, Collection.token == token)
    form = UploadForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        file = form.file.data
        # A large file takes minutes to copy: no lock is held meanwhile, so everything is loaded anew.
        db.session.rollback()
        kept = actions.keep_upload(file.stream)
        found = load(Collection, Collection.token == token)
        started = actions.start_import(current_actor(), found, file.filename, kept)
        actions.queue_import(started)
        return form.done(started.path)
    settings = current_app.extensions["settings"]
    page = render_template(
        "archive/upload.html",
        collection=found,
        form=form,
        limit=settings.upload_limit_mb,
        imports=queries.imports_of(found),
    )
    return page, form.status


def _import(token: str, import_token: str) -> Import:
    return load(
        Import,
        Import.token == import_token,
        Import.collection_id.in_(db.select(Collection.id).where(Collection.token == token)),
    )


@bp.get("/collections/<token>/imports/<import_token>")
@requires("import.keep")
def imported(token: str, import_token: str) -> str:
    """How far an import is, and its report once it has ended."""
    found = _import(token, import_token)
    left_out = [
        (left_out_sentence(reason), told["count"], told["files"])
        for reason, told in found.report.get("left_out", {}).items()
    ]
    return render_template(
        "archive/import.html",
        collection=found.collection,
        found=found,
        form=CancelForm(),
        left_out=sorted(left_out, key=lambda one: -one[1]),
        reckoning=reckoning.lines(found),
        no_posts=no_posts_sentence(found.adapter) if found.state == DONE and not found.read else "",
        unsaid=unsaid(current_actor(), [found.collection]) if found.account_id else [],
    )


@bp.post("/collections/<token>/imports/<import_token>/stop")
@requires("import.keep")
def stop(token: str, import_token: str) -> Response:
    """Stop an import; nothing of it is kept."""
    found = _import(token, import_token)
    form = CancelForm()
    if earlier := form.sent_before():
        return earlier
    actions.cancel_import(current_actor(), found)
    return form.done(found.path)


def _post(token: str, post_token: str) -> ArchivedPost:
    return load(
        ArchivedPost,
        ArchivedPost.token == post_token,
        ArchivedPost.collection_id.in_(db.select(Collection.id).where(Collection.token == token)),
    )


@bp.get("/collections/<token>/posts/<post_token>")
@requires("archived_post.read")
def post(token: str, post_token: str) -> str:
    """One post: its versions, history, bytes and conversation."""
    found = _post(token, post_token)
    evidence = queries.evidence_of(found)
    texts = [shown.text for _version, shown in evidence.versions]
    return render_template(
        "archive/post.html",
        collection=found.collection,
        evidence=evidence,
        differences=["", *(difference_html(a, b) for a, b in itertools.pairwise(texts))],
        last_seen=queries.last_seen(evidence.sightings),
        version_words={version.id: shown.version for version, shown in evidence.versions},
        citation_words=words.CITATIONS,
    )


@bp.get("/collections/<token>/posts/<post_token>/source/<sha256>")
@requires("archived_post.read")
def source(token: str, post_token: str, sha256: str) -> Response:
    """The exact bytes that something about the post was read from."""
    found = _post(token, post_token)
    raw = queries.slice_of(found, sha256[:64])
    if raw is None:
        abort(404)
    response = Response(raw, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.platform_id}-{sha256[:12]}.json"'
    return response


def _media(token: str, media_token: str) -> Media:
    return load(
        Media,
        Media.token == media_token,
        Media.collection_id.in_(db.select(Collection.id).where(Collection.token == token)),
    )


INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"}


@bp.get("/collections/<token>/media/<media_token>")
@requires("archived_media.read")
def media(token: str, media_token: str) -> Response:
    """A picture or film, as it was kept. What is neither is only ever downloaded."""
    found = _media(token, media_token)
    path = MediaStore(found.collection.token).path(found.sha256)
    if not path.is_file():
        abort(404)
    inline = found.media_type in INLINE
    kind = found.media_type if inline else "application/octet-stream"
    return send_file(
        path, mimetype=kind, as_attachment=not inline, download_name=found.sha256[:16], conditional=False
    )


@bp.get("/collections/<token>/media/<media_token>/thumbnail")
@requires("archived_media.read")
def thumbnail(token: str, media_token: str) -> Response:
    """A small picture of it."""
    found = _media(token, media_token)
    path = MediaStore(found.collection.token).path(found.sha256, THUMBNAIL)
    if not found.has_thumbnail or not path.is_file():
        abort(404)
    return send_file(path, mimetype="image/webp", conditional=False)


@bp.route("/collections/<token>/keepers", methods=["GET", "POST"])
@requires("collection.keep")
def keepers(token: str) -> str | Response | tuple[str, int]:
    """Who keeps a collection; name another."""
    found = load(Collection, Collection.token == token)
    form = KeeperForm()
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.add_keeper(current_actor(), found, form.handle.data)
        return form.done(f"{found.path}/keepers")
    page = render_template(
        "archive/keepers.html", collection=found, form=form, wanted=KEEPERS_OF_AN_ORGANISATION
    )
    return page, form.status


@bp.post("/collections/<token>/keepers/<handle>/remove")
@requires("collection.keep")
def remove_keeper(token: str, handle: str) -> Response:
    """A keeper hands over."""
    found = load(Collection, Collection.token == token)
    form = CancelForm()
    if earlier := form.sent_before():
        return earlier
    own = any(
        one.person_id == current_actor().person_id and one.person.handle == handle for one in found.keepers
    )
    actions.remove_keeper(current_actor(), found, handle)
    return form.done("/collections" if own else f"{found.path}/keepers")


@bp.get("/collections/<token>/accounts")
@requires("collection.keep")
def accounts(token: str) -> str:
    """The accounts whose posts a collection holds, with every name they are known to have had."""
    found = load(Collection, Collection.token == token)
    return render_template(
        "archive/accounts.html",
        collection=found,
        accounts=queries.accounts_of(current_actor(), found),
        former_handles=former_handles,
    )


@bp.route("/collections/<token>/accounts/<account_token>", methods=["GET", "POST"])
@requires("social_account.keep")
def account(token: str, account_token: str) -> str | Response | tuple[str, int]:
    """Say whose account it is."""
    found = load(
        SocialAccount,
        SocialAccount.token == account_token,
        SocialAccount.collection_id.in_(db.select(Collection.id).where(Collection.token == token)),
    )
    back = f"/collections/{token}/accounts"
    form = AccountForm(data={"kind": found.kind})
    if earlier := form.sent_before():
        return earlier
    if form.validate_on_submit():
        actions.classify_account(current_actor(), found, form.kind.data, form.reason.data)
        return form.done(back)
    collection = db.session.get(Collection, found.collection_id)
    page = render_template("archive/account.html", collection=collection, account=found, form=form, back=back)
    return page, form.status


@bp.app_template_filter("archive_query")
def archive_query(parts: dict[str, str]) -> str:
    """The query of a narrowed list's address, without what says nothing."""
    return urlencode(
        {key: value for key, value in parts.items() if value and (key, value) != ("state", "all")}
    )


@bp.app_template_filter("bytes_in_words")
def bytes_in_words(size: int) -> str:
    """'3.4 MB': sizes of files."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size = size / 1000
    return _("%(size)s GB", size=f"{size:.1f}")
