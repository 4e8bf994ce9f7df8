"""Commands that fill a hub: `seed` with samples, `setup` for a real community."""

import json
import time
from dataclasses import asdict
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from sqlalchemy import inspect

from hub.accounts import passwords
from hub.core.carrying import drain
from hub.core.database import db
from hub.core.site import Site, address
from hub.search.index import rebuild

from .bulk import generate
from .founding import NotEmpty, found, is_empty, sign_ins
from .setup import Wishes, set_up


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when the hub holds anything already.")
@click.option(
    "--bulk",
    nargs=2,
    type=click.IntRange(min=1),
    metavar="ITEMS POSTS",
    help="Add so many generated items with so many posts in all, for load tests.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def seed_command(if_empty: bool, bulk: tuple[int, int] | None, as_json: bool) -> None:
    """Fill the hub with two founding groups, marked as samples. Safe to repeat."""
    _has_tables()
    begun = time.monotonic()
    if if_empty and not is_empty():
        result: dict[str, Any] = {"people": 0, "groups": 0, "imports": 0, "items": 0}
    else:
        _say("Writing two sample groups, their people and what they wrote (half a minute) ...", as_json)
        try:
            result = found().as_json()
        except NotEmpty as problem:
            raise click.ClickException(
                "This hub is in use, and samples are not mixed with what people wrote. Nothing was changed. "
                "To look at the samples, set HUB_DATA to another folder and seed that."
            ) from problem
    if bulk:
        result |= _bulk(*bulk, quiet=as_json)
    if bulk or result["items"]:
        _settle(index_all=bool(bulk), quiet=as_json)
    result["seconds"] = round(time.monotonic() - begun, 1)
    result["sign_ins"] = sign_ins()
    click.echo(json.dumps(result, indent=2) if as_json else _told(result))


def _has_tables() -> None:
    if not inspect(db.engine).has_table(Site.__tablename__):
        raise click.ClickException("The database has no tables yet. Run `hub upgrade` first.")


def _bulk(items: int, posts: int, quiet: bool) -> dict[str, int]:
    if posts < items:
        raise click.BadParameter("There must be at least one post for each item.", param_hint="--bulk")
    with click.progressbar(length=items, label="Generating items", hidden=quiet) as bar:
        made = generate(items, posts, lambda done, _of: bar.update(done - bar.pos))
    return {"generated_items": made.items, "generated_posts": made.posts}


def _say(what: str, quiet: bool) -> None:
    """What takes a while, to whoever watches."""
    if not quiet:
        click.echo(what, err=True)


def _settle(index_all: bool, quiet: bool) -> None:
    """Carry out what follows from founding, so that all of it can be found at once, worker or not."""
    _say("Making it ready to be found ...", quiet)
    drain()
    if index_all:
        rebuild()


def _told(result: dict[str, Any]) -> str:
    lines = []
    if result["items"]:
        lines.append(
            f"Founded {result['groups']} groups with {result['people']} people and {result['items']} items, "
            f"all marked as samples ({result['seconds']} s)."
        )
    elif not result.get("generated_items"):
        lines.append("Nothing to add: the samples are there.")
    if result.get("generated_items"):
        lines.append(
            f"Generated {result['generated_items']:,} items with {result['generated_posts']:,} posts "
            f"({result['seconds']} s)."
        )
    if result["sign_ins"]:
        lines.append(f"Sign in at {address('/sign-in')} as")
        width = max(len(each["who"]) for each in result["sign_ins"])
        lines += [
            f"  {each['who']:<{width}}  {each['email']}  {each['password']}" for each in result["sign_ins"]
        ]
    return "\n".join(lines)


@click.command("setup")
@click.option("--name", "hub_name", prompt="Name of the hub", help="What the hub is called.")
@click.option(
    "--group", "group_name", prompt="Name of its first group", help="What the first group is called."
)
@click.option("--admin-name", "name", prompt="Your name", help="The first administrator's name.")
@click.option("--admin-email", "email", prompt="Your e-mail address", help="The address they sign in with.")
@click.option(
    "--password",
    envvar="HUB_SETUP_PASSWORD",
    prompt="A password (12 characters or more)",
    hide_input=True,
    confirmation_prompt=True,
    help="Their password. Better asked for, or given in HUB_SETUP_PASSWORD, than typed here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def setup_command(as_json: bool, password: str, **names: str) -> None:
    """Set an empty hub up for a real community. Asks for what is not given."""
    _has_tables()
    wishes = Wishes(password=password, **{name: words.strip() for name, words in names.items()})
    if problem := _wrong(wishes):
        raise click.ClickException(f"{problem} Nothing was changed.")
    try:
        made = set_up(wishes)
    except NotEmpty as problem:
        raise click.ClickException("This hub has been set up already. Nothing was changed.") from problem
    if as_json:
        click.echo(json.dumps(asdict(made), indent=2))
        return
    click.echo(f"{wishes.hub_name} is ready. Start it with `hub run`, then sign in as {made.email}:")
    click.echo(f"  {address('/sign-in')}")
    click.echo("What to do first:")
    click.echo(f"  read and change the page to start at: {address(made.start_here)}")
    click.echo(f"  say who you are: {address(made.introductions)}")
    click.echo(f"  invite the first members: {address(made.group)}")


def _wrong(wishes: Wishes) -> str | None:
    """What cannot be used, as a sentence."""
    if not all((wishes.hub_name, wishes.group_name, wishes.name)):
        return "The hub, its first group and you need names."
    try:
        validate_email(wishes.email, check_deliverability=False)
    except EmailNotValidError:
        return f'"{wishes.email}" is not a whole e-mail address: it looks like name@example.org.'
    if passwords.problem(wishes.password, wishes.name, wishes.email):
        return (
            f"This password is too easy to guess: take {passwords.MINIMUM_LENGTH} characters or more, "
            "without your name and without the words that everybody uses."
        )
    return None


commands = [seed_command, setup_command]
