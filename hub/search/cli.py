"""Commands: `search rebuild`, and `search QUERY`."""

import json
import sys
import time

import click
from flask.cli import with_appcontext
from sqlalchemy import func, or_, select

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.policy import ANYBODY
from hub.core.search import CannotSearch, Document, Hit, Query, SearchUnavailable

from .asking import KINDS_OF_MEMBERS
from .index import rebuild
from .queries import Found, find

_as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")


class _QueryOrCommand(click.Group):
    """`hub search rebuild` is a command; whatever else follows is what to look for."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments[0] not in self.commands:
            arguments = ["find", *arguments]
        return super().resolve_command(context, arguments)


@click.command("search", cls=_QueryOrCommand, no_args_is_help=True)
def search_group() -> None:
    """Search, or rebuild the index: `hub search QUERY`, `hub search rebuild`."""


@search_group.command("rebuild")
@_as_json
@with_appcontext
def rebuild_command(as_json: bool) -> None:
    """Build the search index anew from the database, while the site is in use."""
    began = time.monotonic()
    try:
        number = rebuild(_say)
    except SearchUnavailable as problem:
        raise click.ClickException(str(problem)) from problem
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        click.echo(json.dumps({"documents": number, "seconds": seconds}))
    else:
        click.echo(f"The index holds {number:,} documents. It took {seconds} seconds.")


def _say(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{done:,} documents ...", nl=False, err=True)


@search_group.command("find")
@click.argument("words", nargs=-1, required=True)
@click.option("--as", "person", metavar="USER", help="As this person (handle or address); else as a visitor.")
@click.option("--kind", type=click.Choice(KINDS_OF_MEMBERS), help="Only this kind.")
@click.option("--limit", type=click.IntRange(1, 50), default=20, show_default=True)
@_as_json
@with_appcontext
def find_command(
    words: tuple[str, ...], person: str | None, kind: str | None, limit: int, as_json: bool
) -> None:
    """Find WORDS, as the site's search page does. Put a query with a minus after `--`."""
    query = Query(" ".join(words), kinds=frozenset({kind} if kind else ()), limit=limit)
    searching = _person(person) if person else None
    try:
        found = find(searching.as_actor() if searching else ANYBODY, query)
    except CannotSearch as refusal:
        raise click.ClickException(_REFUSALS[refusal.reason]) from refusal
    except SearchUnavailable as problem:
        raise click.ClickException(str(problem)) from problem
    if as_json:
        handle = searching.handle if searching else None
        click.echo(json.dumps({"as": handle} | _told(found), ensure_ascii=False))
    else:
        whom = f"{searching.name} (@{searching.handle})" if searching else "a visitor, who has not signed in"
        click.echo(f"As {whom}.")
        _print(found)


_REFUSALS = {
    "nothing": "There is no word in this to look for.",
    "only_common": "These words are in nearly everything. Add one that says what it is about.",
    "only_without": "Say also what to look for, not only what to leave out.",
}


def _person(name: str) -> Person:
    known = or_(func.lower(Person.email) == name.lower(), Person.handle == name.removeprefix("@"))
    person = db.session.scalars(select(Person).where(known)).first()
    if person is None:
        raise click.ClickException(f"Nobody has the handle or address {name!r}.")
    return person


def _told(found: Found) -> dict[str, object]:
    return {
        "words": found.results.words,
        "without": found.results.without,
        "left_out": found.results.left_out,
        "also": found.results.also,
        "some_words": found.some_words,
        "number": found.results.number,
        "uncounted": found.results.uncounted,
        "more": found.results.more,
        "hits": [_hit(hit) for hit in found.results.hits],
    }


def _hit(hit: Hit) -> dict[str, object]:
    document = hit.document
    return {
        "kind": document.kind,
        "part": document.part,
        "title": hit.title.striptags(),
        "url": document.url,
        "by": document.byline,
        "group": document.place,
        "at": document.created_at.isoformat(),
        "score": hit.score,
        "excerpt": hit.excerpt.striptags(),
    }


def _what(document: Document) -> str:
    """Its kind, and what of it was found: "question: answer by Cat"."""
    if not document.part:
        return document.kind
    return f"{document.kind}: {document.part}{f' by {document.byline}' if document.byline else ''}"


def _print(found: Found) -> None:
    if found.results.also:
        click.echo(f"Looked for also: {', '.join(found.results.also)}")
    click.echo()
    if found.some_words and found.results.hits:
        click.echo("Nothing has all of these words. These have some of them:\n")
    for hit in found.results.hits:
        click.echo(f"{hit.title.striptags()}  [{_what(hit.document)}, {hit.document.place}]")
        click.echo(f"    {hit.document.url}\n    {hit.excerpt.striptags()}")
    if not found.results.hits:
        click.echo(f"Nothing found for: {', '.join(found.results.words)}")
    elif found.results.more:
        click.echo("... and more: ask for more with --limit, or narrow it.")


commands = [search_group]
