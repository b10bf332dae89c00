"""`halali do-not-call …`: who must not be called. Add, read files in, look up, erase; nothing lifts a block."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from cli.access import ACTOR, act, opened, record
from cli.campaign_rows import find_campaign
from cli.ground_commands import e164_of, start_of
from cli.options import AsJson, group
from cli.output import say, show, show_facts, show_json
from compliance import do_not_call, registers
from compliance.do_not_call import BlockTerms, Callee
from compliance.register_import import FileTerms, import_numbers
from compliance.tables import DoNotCall
from foundation.errors import Invalid
from foundation.runtime import Runtime
from foundation.secret_key import derived_key

commands = group("Do not call: numbers, prefixes and companies.")

Campaign = Annotated[str, typer.Option(help="Only in this campaign; in all if left out.")]
Note = Annotated[str, typer.Option(help="Why.")]


@commands.command("add")
def add(  # noqa: PLR0913, PLR0917 - one argument for each option
    value: Annotated[str, typer.Argument(help="A number, +4144668, CHE-123.456.789, or a company's name.")],
    kind: Annotated[str, typer.Option(help="number, prefix, uid or company")] = "number",
    campaign: Campaign = "",
    until: Annotated[str, typer.Option(help="Day on which it ends, such as 2027-03-01; never if left out.")] = "",
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Never call these again, from the next look of the dialer on. Blocking twice changes nothing."""
    target = do_not_call.read_target(kind, e164_of(value) if kind == "number" else value)
    with opened() as runtime:
        now = runtime.clock.now()
        expires_at = start_of(until) if until else None
        if expires_at is not None and expires_at <= now:
            raise Invalid("--until is a day that is still to come.")
        with runtime.database.transaction() as session:
            campaign_id = find_campaign(session, campaign).id if campaign else ""
            row = do_not_call.block_target(
                session, target, BlockTerms("cli", campaign_id, note, ACTOR, expires_at), now
            )
            record(session, act("number_blocked", row.id, kind=kind), now)
            facts = {"id": row.id, "kind": row.kind, "value": row.value, "until": row.expires_at}
    show_facts(facts, as_json=as_json)


@commands.command("import")
def import_file(  # noqa: PLR0913, PLR0917 - one argument for each option
    file: Annotated[Path, typer.Argument(help="The file, as the register hands it out; unpacked.")],
    register: Annotated[str, typer.Option("--as", help="list, tps, ctps, us_national or ca_dncl")],
    as_of: Annotated[str, typer.Option(help="Day of the copy; now if left out.")] = "",
    changes: Annotated[bool, typer.Option("--changes", help="Only what was added and removed since the last.")] = False,
    country: Annotated[str, typer.Option(help="In whose way the numbers of a plain list are written.")] = "CH",
    campaign: Campaign = "",
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Read numbers that must not be called, of a register or a plain list."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.reading() as session:
            campaign_id = find_campaign(session, campaign).id if campaign else ""
        terms = FileTerms(
            register=register,
            file_name=file.name,
            as_of=start_of(as_of) if as_of else now,
            by=ACTOR,
            is_complete=not changes,
            country=country,
            campaign_id=campaign_id,
            note=note,
        )
        try:
            with file.open("rb") as opened_file:
                report = import_numbers(runtime.database, opened_file, terms, now)
        except OSError as error:
            raise Invalid(f"{file} cannot be read: {error.strerror}.") from error
        with runtime.database.transaction() as session:
            record(session, act("blocks_imported", register, numbers=report.numbers, refused=report.refused), now)
    for line in report.refused_lines:
        say(f"refused: {line}")
    facts = {"numbers": report.numbers, "removed": report.removed, "refused": report.refused}
    show_facts(facts | ({"edition": report.edition_id} if report.edition_id else {}), as_json=as_json)


@commands.command("check")
def check(number: Annotated[str, typer.Argument(help="A number.")], as_json: AsJson = False) -> None:
    """Whether a number is blocked, by what, and in which registers it stands."""
    e164 = e164_of(number)
    with opened() as runtime, runtime.database.reading() as session:
        blocks = do_not_call.blocks_of(session, [Callee((e164,), "")], runtime.clock.now(), _key_of(runtime))[0]
        listed = registers.registered(session, [e164], list(registers.ALL)).get(e164, [])
    show_facts({"blocked": bool(blocks or listed), "blocks": blocks, "registers": listed}, as_json=as_json)


@commands.command("list")
def list_blocks(
    most: Annotated[int, typer.Option(help="How many of the latest.")] = 50, as_json: AsJson = False
) -> None:
    """The latest blocks, and the editions of registers."""
    with opened() as runtime, runtime.database.reading() as session:
        rows = session.scalars(select(DoNotCall).order_by(DoNotCall.id.desc()).limit(most)).all()
        editions = registers.newest_editions(session, registers.ALL, runtime.clock.now())
    if as_json:
        shown = [
            {"id": row.id, "kind": row.kind, "value": row.value, "source": row.source, "until": row.expires_at}
            for row in rows
        ]
        show_json({"blocks": shown, "registers": editions})
        return
    for row in rows:
        show(f"{row.id}  {row.kind:<8}{_shown(row.value):<24}{row.source:<12}{row.expires_at or 'for good'}")
    for register, as_of in editions.items():
        show(f"{register}: copy of {as_of.date()}")
    if not rows:
        say("Nobody is blocked yet. `halali do-not-call add` blocks a number.")


@commands.command("erase")
def erase(number: Annotated[str, typer.Argument(help="A number.")], as_json: AsJson = False) -> None:
    """Forget a blocked number and keep its blocks: a keyed hash still matches it and no longer tells it."""
    e164 = e164_of(number)
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            erased = do_not_call.erase(session, e164, _key_of(runtime)(), now)
            record(session, act("number_erased", "do_not_call", blocks=erased), now)
    show_facts({"blocks": erased}, as_json=as_json)


def _key_of(runtime: Runtime) -> do_not_call.KeyOf:
    return lambda: derived_key(runtime.settings, "do-not-call")


def _shown(value: str) -> str:
    return "(erased)" if value.startswith(do_not_call.ERASED) else value
