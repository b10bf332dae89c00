"""The command line put together: which commands there are, and how an error that was to be expected ends."""

from errno import EPIPE
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from cli.options import AsJson
from cli.output import say
from foundation.errors import HalaliError
from foundation.settings import load_settings

# Loaded when they are asked for: `halali version` does not wait for a database library.
LATER = {
    "import": "cli.import_command:import_command",
    "export": "cli.export_commands:commands",
    "campaign": "cli.campaign_commands:commands",
    "event": "cli.event_commands:commands",
    "list": "cli.list_commands:commands",
    "agent": "cli.people_commands:agent_commands",
    "partner": "cli.partner_commands:commands",
    "user": "cli.people_commands:user_commands",
    "token": "cli.people_commands:token_commands",
    "sign-in-link": "cli.people_commands:sign_in_link_command",
    "migrate": "cli.preparing:migrate_command",
    "leads": "cli.lead_commands:commands",
    "forecast": "cli.forecast_command:forecast_command",
    "rules": "cli.rules_commands:commands",
    "do-not-call": "cli.block_commands:commands",
    "privacy": "cli.privacy_commands:commands",
    "doctor": "cli.doctor:doctor_command",
    "rehearse": "cli.rehearsal.command:command",
}


class Commands(TyperGroup):
    """Finds commands when they are needed, and turns expected errors into one line and exit code 1."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *LATER]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, _, name = LATER[cmd_name].partition(":")
        found = getattr(import_module(module), name)
        # A group stays one, also while it has a single command.
        command = get_group(found) if name.endswith("commands") else get_command(found)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except HalaliError as error:
            say(f"error: {error}")
            raise typer.Exit(1) from error
        except OSError as error:
            # A reader that has seen enough, such as `head`, is no error; one without words of its own is a surprise.
            if error.errno == EPIPE or error.strerror is None:
                raise
            say(f"error: {f'{error.filename}: ' if error.filename else ''}{error.strerror}.")
            raise typer.Exit(1) from error


app = typer.Typer(
    name="halali",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Outbound dialing with lead routing. Data goes to standard output, talk to standard error.",
)


@app.command()
def up(
    only: Annotated[list[str] | None, typer.Option(help="Start only these, such as web,webhooks.")] = None,
    count: Annotated[list[str] | None, typer.Option(help="How many of each, such as dial-worker=2,ticker=2.")] = None,
    procfile: Annotated[
        Path | None, typer.Option(help="Where the programs are named; Halali's own if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start everything and keep it running until Ctrl-C."""
    from cli.up import OWN_PROCFILE, Wanted, bring_up

    names = tuple(name.strip() for given in only or () for name in given.split(",") if name.strip())
    bring_up(load_settings(), Wanted(procfile or OWN_PROCFILE, names, tuple(count or ()), as_json))


@app.command()
def run(
    program: Annotated[str, typer.Argument(help="web, webhooks, ticker, reporter, dial-worker, worker, …")],
) -> None:
    """Run one program of the Procfile in this terminal."""
    from cli.programs import run_program

    run_program(program, load_settings())


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as version_of

    typer.echo(version_of("halali"))


def main() -> None:
    """The command's entry. Exit codes: 0 well, 1 a problem that is told, 2 wrong usage."""
    app()
