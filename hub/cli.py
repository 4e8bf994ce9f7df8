"""The `hub` command: each room brings its own commands in its `cli` module.

`hub run` stays in memory as long as the hub does, and only looks after those who work. It is begun without
the rooms: three seconds sooner, and 100 MB less.
"""

from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask
from flask.cli import ScriptInfo
from pydantic import ValidationError

from .core import collecting, logs, supervisor
from .core.settings import Settings
from .rooms import ROOMS


class Commands(click.Group):
    """Those of all rooms, loaded when one of them is asked for."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.commands:
            self._collect()
        return super().get_command(context, name)

    def list_commands(self, context: click.Context) -> list[str]:
        self._collect()
        return super().list_commands(context)

    def _collect(self) -> None:
        with collecting.for_good():
            for room in ROOMS:
                self._take_from(f"hub.{room}.cli")

    def _take_from(self, name: str) -> None:
        if find_spec(name.rpartition(".")[0]) is None or find_spec(name) is None:
            return
        for command in import_module(name).commands:
            self.add_command(command)


def _create_app() -> Flask:
    settings = _settings()
    with collecting.for_good():
        from .factory import create_app

        return create_app(settings)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as problem:
        lines = [f"  HUB_{str(error['loc'][0]).upper()}: {error['msg']}" for error in problem.errors()]
        raise click.ClickException("These settings cannot be used:\n" + "\n".join(lines)) from problem


@click.group(cls=Commands)
@click.pass_context
def main(context: click.Context) -> None:
    """Knowledge Hub: a community site for public records and public digital services."""
    context.obj = ScriptInfo(create_app=_create_app, set_debug_flag=False)


@main.command("run")
def run_command() -> None:
    """Start everything: web processes and the worker, under one parent. Ends with Ctrl-C."""
    settings = _settings()
    logs.set_up(settings)
    click.echo(f"Knowledge Hub is at {settings.address} (Ctrl-C stops it)")
    try:
        supervisor.run(settings)
    except supervisor.PortTaken as problem:
        raise click.ClickException(str(problem)) from problem
