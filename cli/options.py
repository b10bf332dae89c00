"""What several commands share: options, and being an app of one command."""

from collections.abc import Callable
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CallerNumber = Annotated[str, typer.Option(help="The number that those who are called see.")]


def single(command: Callable[..., None]) -> typer.Typer:
    """One command as an app of its own, so that it can be loaded when it is asked for."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(command)
    return app
