"""`hub user`: accounts, for whoever runs the hub."""

import json
import sys
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from hub.core import audit
from hub.core.database import db, unit_of_work
from hub.core.errors import Refused
from hub.core.policy import ANYBODY

from . import passwords
from .actions import create_person, normal_email, set_active, set_password
from .models import Person

WHAT_IS_WRONG = {
    passwords.TOO_SHORT: f"Use at least {passwords.MINIMUM_LENGTH} characters; three random words are good.",
    passwords.TOO_LONG: f"Use at most {passwords.MAXIMUM_LENGTH} characters.",
    passwords.TOO_COMMON: "This is among the first that anybody would try; three random words are better.",
    passwords.TOO_PERSONAL: "This has little in it besides the name or address; use three random words.",
}

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)


@click.group("user")
def user() -> None:
    """Accounts: add, list, give a new password, make administrators, close."""


def _told(person: Person) -> dict[str, Any]:
    return {
        "handle": person.handle,
        "name": person.name,
        "email": person.email,
        "confirmed": person.confirmed_at is not None,
        "active": person.active,
        "administrator": person.administrator,
    }


def _answer(person: Person, as_json: bool, sentence: str) -> None:
    click.echo(json.dumps(_told(person)) if as_json else sentence)


def _find(who: str) -> Person:
    """Somebody by handle or e-mail address."""
    named = or_(Person.handle == who.removeprefix("@").lower(), Person.email == normal_email(who))
    person = db.session.scalar(select(Person).where(named))
    if person is None:
        raise click.ClickException(f"Nobody has the handle or address {who!r}. Nothing was changed.")
    return person


def _ask_password(password_stdin: bool, *personal: str) -> str:
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    problem = passwords.problem(password, *personal)
    if problem is not None:
        raise click.ClickException(f"{WHAT_IS_WRONG[problem]} Nothing was changed.")
    return password


@user.command("add")
@click.argument("email")
@click.option("--name", prompt="Name", help="As people know them.")
@click.option("--handle", default="", help="Made of the name when left out.")
@click.option("--administrator", is_flag=True, help="They run the hub.")
@password_option
@json_option
@with_appcontext
def add(
    email: str, *, name: str, handle: str, administrator: bool, password_stdin: bool, as_json: bool
) -> None:
    """Add an account, confirmed."""
    try:
        email = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise click.ClickException(f"This is not an e-mail address: {problem}") from problem
    password = _ask_password(password_stdin, name, email, handle)
    try:
        with unit_of_work():
            person = create_person(
                name=name, email=email, handle=handle, password=password, administrator=administrator
            )
    except Refused as problem:
        raise click.ClickException(f"{problem.sentence} Nothing was changed.") from problem
    _answer(person, as_json, f"{person.name} (@{person.handle}) can sign in as {person.email}.")


@user.command("list")
@click.option("--administrators", is_flag=True, help="Only those who run the hub.")
@json_option
@with_appcontext
def list_people(administrators: bool, as_json: bool) -> None:
    """List accounts, by handle."""
    statement = select(Person).order_by(Person.handle)
    if administrators:
        statement = statement.where(Person.administrator)
    people = list(db.session.scalars(statement).unique())
    if as_json:
        click.echo(json.dumps({"people": [_told(person) for person in people]}))
        return
    for person in people:
        marks = [
            word
            for word, holds in (
                ("administrator", person.administrator),
                ("not confirmed", person.confirmed_at is None),
                ("closed", not person.active),
            )
            if holds
        ]
        said = f"   ({', '.join(marks)})" if marks else ""
        click.echo(f"@{person.handle:<24} {person.email:<36} {person.name}{said}")
    if not people:
        click.echo("There are no accounts yet. `hub user add` makes one.")


@user.command("password")
@click.argument("who")
@password_option
@json_option
@with_appcontext
def password(who: str, *, password_stdin: bool, as_json: bool) -> None:
    """Give somebody (handle or address) a new password; they are signed out everywhere, and told."""
    found = _find(who)
    chosen = _ask_password(password_stdin, found.name, found.email, found.handle)
    with unit_of_work():
        person = _find(who)
        set_password(person, chosen)
        audit.record(ANYBODY, "person.set_password", person, reason="hub user password")
    _answer(person, as_json, f"{person.name} has a new password.")


@user.command("administrator")
@click.argument("who")
@click.argument("state", type=click.Choice(["on", "off"]))
@json_option
@with_appcontext
def administrator(who: str, state: str, as_json: bool) -> None:
    """Make somebody an administrator, or take that back."""
    with unit_of_work():
        person = _find(who)
        person.administrator = state == "on"
        audit.record(ANYBODY, f"person.administrator_{state}", person, reason="hub user administrator")
    now = "is an administrator" if person.administrator else "is not an administrator"
    _answer(person, as_json, f"{person.name} {now} now.")


@user.command("deactivate")
@click.argument("who")
@click.option("--undo", is_flag=True, help="Open the account again.")
@json_option
@with_appcontext
def deactivate(who: str, undo: bool, as_json: bool) -> None:
    """Close an account: no more signing in, signed out everywhere. What they wrote stays."""
    with unit_of_work():
        person = _find(who)
        set_active(person, undo)
        audit.record(
            ANYBODY, "person.activate" if undo else "person.deactivate", person, reason="hub user deactivate"
        )
    _answer(person, as_json, f"The account of {person.name} is {'open' if undo else 'closed'}.")


commands = [user]
