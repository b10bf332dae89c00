"""What several commands share: options, and being an app of one command."""

from collections.abc import Callable
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CallerNumber = Annotated[str, typer.Option(help="The number that those who are called see.")]


def group(about: str) -> typer.Typer:
    """A group of commands, with help as plain as that of the program itself."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=about)


def single(command: Callable[..., None]) -> typer.Typer:
    """One command as an app of its own, so that it can be loaded when it is asked for."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(command)
    return app
