"""`halali privacy …`: what has been kept long enough, erasing a customer, and taking consent back."""

from typing import Annotated

import typer

from cli.access import ACTOR, act, opened, record
from cli.ground_commands import e164_of
from cli.options import AsJson, group
from cli.output import show_facts
from dialer import erasure, retention
from dialer.erasure import Forgotten
from dialer.wiring import Parts
from foundation.runtime import Runtime
from telephony.carriers import build_carrier

commands = group("Data protection: retention, erasure, consent taken back.")

Number = Annotated[str, typer.Argument(help="The customer's number.")]


@commands.command("retention")
def let_go(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how much would go, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let go now of what has been kept long enough; otherwise that happens every night."""
    with opened() as runtime:
        now = runtime.clock.now()
        if dry_run:
            with runtime.database.reading() as session:
                counts = retention.count_due(session, runtime, now)
        else:
            counts = retention.let_go(runtime, now)
            with runtime.database.transaction() as session:
                record(session, act("kept_long_enough", "retention", **counts), now)
    show_facts(counts, as_json=as_json)


@commands.command("erase")
def erase(number: Number, as_json: AsJson = False) -> None:
    """Forget everything about a customer, block its number by a keyed hash, and ask partners to delete it."""
    e164 = e164_of(number)
    with opened() as runtime:
        now = runtime.clock.now()
        _show(runtime, "customer_erased", erasure.erase_customer(_parts(runtime), e164, ACTOR, now), as_json=as_json)


@commands.command("withdraw")
def withdraw(number: Number, as_json: AsJson = False) -> None:
    """Use a customer's data no more, and tell partners to stop."""
    e164 = e164_of(number)
    with opened() as runtime:
        now = runtime.clock.now()
        done = erasure.withdraw_consent(_parts(runtime), e164, ACTOR, now)
        _show(runtime, "consent_withdrawn", done, as_json=as_json)


def _parts(runtime: Runtime) -> Parts:
    return Parts(runtime, build_carrier(runtime.settings))


def _show(runtime: Runtime, action: str, done: Forgotten, *, as_json: bool) -> None:
    with runtime.database.transaction() as session:
        record(session, act(action, done.request_id, leads=done.leads, tasks=done.tasks), runtime.clock.now())
    facts = {"contacts": done.contacts, "leads": done.leads, "tasks": done.tasks, "request": done.request_id}
    show_facts(facts, as_json=as_json)
