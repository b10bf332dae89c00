"""`halali rules …`: what applies to a number and why, grounds and checks. Deciding is `compliance.rules` alone."""

import typer

from cli import ground_commands

commands = typer.Typer(no_args_is_help=True, help="Rules: who may be called, when, and why.")

commands.command("attest")(ground_commands.attest)
commands.command("revoke")(ground_commands.revoke)
commands.command("check-number")(ground_commands.check_number)
