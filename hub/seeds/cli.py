"""Commands that fill a hub: `seed` with samples, `setup` for a real community."""

import json
import time
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from .bulk import generate
from .founding import NotEmpty, found, is_empty, sign_ins


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
    begun = time.monotonic()
    if if_empty and not is_empty():
        result: dict[str, Any] = {"people": 0, "groups": 0, "imports": 0, "items": 0}
    else:
        try:
            result = found().as_json()
        except NotEmpty as problem:
            raise click.ClickException(
                "This hub is in use, and samples are not mixed with what people wrote. Nothing was changed. "
                "To look at the samples, set HUB_DATA to another folder and seed that."
            ) from problem
    if bulk:
        result |= _bulk(*bulk, quiet=as_json)
    result["seconds"] = round(time.monotonic() - begun, 1)
    result["sign_ins"] = sign_ins()
    click.echo(json.dumps(result, indent=2) if as_json else _told(result))


def _bulk(items: int, posts: int, quiet: bool) -> dict[str, int]:
    if posts < items:
        raise click.BadParameter("There must be at least one post for each item.", param_hint="--bulk")
    with click.progressbar(length=items, label="Generating items", hidden=quiet) as bar:
        made = generate(items, posts, lambda done, _of: bar.update(done - bar.pos))
    return {"generated_items": made.items, "generated_posts": made.posts}


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
            f"Generated {result['generated_items']:,} items with {result['generated_posts']:,} posts. "
            "Run `hub search rebuild` so that they can be found."
        )
    if result["sign_ins"]:
        lines.append(f"Sign in at {current_app.extensions['settings'].address}/sign-in as")
        width = max(len(each["who"]) for each in result["sign_ins"])
        lines += [
            f"  {each['who']:<{width}}  {each['email']}  {each['password']}" for each in result["sign_ins"]
        ]
    return "\n".join(lines)


commands = [seed_command]
