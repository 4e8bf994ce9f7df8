"""The `hub` command: each room brings its own commands in its `cli` module."""

from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask
from flask.cli import ScriptInfo
from pydantic import ValidationError

from .factory import ROOMS, create_app


def _create_app() -> Flask:
    try:
        return create_app()
    except ValidationError as problem:
        lines = [f"  HUB_{str(error['loc'][0]).upper()}: {error['msg']}" for error in problem.errors()]
        raise click.ClickException("These settings cannot be used:\n" + "\n".join(lines)) from problem


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Knowledge Hub: a community site for public records and public digital services."""
    context.obj = ScriptInfo(create_app=_create_app, set_debug_flag=False)


def _collect() -> None:
    for room in ROOMS:
        name = f"hub.{room}.cli"
        if find_spec(f"hub.{room}") is None or find_spec(name) is None:
            continue
        for command in import_module(name).commands:
            main.add_command(command)


_collect()
