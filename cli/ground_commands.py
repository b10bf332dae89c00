"""`halali rules attest|revoke|check-number`: why people may be called, and whether the number shown is listed."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.access import ACTOR, act, opened, record
from cli.campaign_commands import read_bytes
from cli.campaign_rows import find_campaign
from cli.ground_recording import attest_campaign_recorded, attest_recorded, look_recorded
from cli.options import AsJson
from cli.output import show_facts
from compliance import grounds
from compliance.directory import Look
from compliance.grounds import LIST, NUMBER, Attestation, Evidence, Subject
from foundation.errors import Invalid
from foundation.phone_number import parse_phone_number

SWISS_TIME = ZoneInfo("Europe/Zurich")


def attest(  # noqa: PLR0913, PLR0917 - one argument for each option
    kind: Annotated[str, typer.Argument(help="listed_without_star, business_relationship, consent, presumed_consent")],
    source: Annotated[str, typer.Option(help="In which directory, what relationship, or by which channel.")],
    campaign: Annotated[str, typer.Option(help="All lists of this campaign.")] = "",
    contact_list: Annotated[str, typer.Option("--list", help="One list, by its id.")] = "",
    number: Annotated[str, typer.Option(help="One number.")] = "",
    on: Annotated[str, typer.Option(help="Day it was checked, given or last renewed; now if left out.")] = "",
    by: Annotated[str, typer.Option(help="Who looked it up, or took the consent.")] = "",
    words: Annotated[str, typer.Option(help="The text that was agreed to, or what proves it.")] = "",
    evidence: Annotated[Path | None, typer.Option(help="A file that proves it; it is kept with its hash.")] = None,
    party: Annotated[str, typer.Option(help="consumers or businesses, if all of them are.")] = "",
    until: Annotated[str, typer.Option(help="Last day, where it ends earlier or later than is usual.")] = "",
    because: Annotated[str, typer.Option(help="Why it lasts longer than is usual.")] = "",
    as_json: AsJson = False,
) -> None:
    """State why these people may be called. Without a ground, nobody is called where the law asks for one."""
    with opened() as runtime:
        said = Attestation(
            kind=kind,
            as_of=start_of(on) if on else runtime.clock.now(),
            source=source,
            words=words,
            stated_by=by,
            party=party,
            evidence=Evidence(evidence.name, read_bytes(evidence)) if evidence else None,
            expires_at=start_of(until) if until else None,
            extension_reason=because,
        )
        if [bool(campaign), bool(contact_list), bool(number)].count(True) != 1:
            raise Invalid("Say for whom: --campaign, --list or --number.")
        if campaign:
            with runtime.database.reading() as session:
                campaign_id = find_campaign(session, campaign).id
            ids = attest_campaign_recorded(runtime, campaign_id, said)
        else:
            subject = Subject(LIST, contact_list) if contact_list else Subject(NUMBER, e164_of(number))
            ids = attest_recorded(runtime, [subject], said)
    show_facts({"grounds": ids}, as_json=as_json)


def revoke(
    ground: Annotated[str, typer.Argument(help="The ground's id.")],
    because: Annotated[str, typer.Option(help="Why it no longer holds.")],
    as_json: AsJson = False,
) -> None:
    """Take a ground back, from the next look of the dialer on. It stays on record."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            row = grounds.revoke(session, ground, because, ACTOR, now)
            record(session, act("ground_revoked", row.id), now)
        show_facts({"id": row.id, "revoked_at": now.isoformat()}, as_json=as_json)


def check_number(  # noqa: PLR0913, PLR0917 - one argument for each option
    number: Annotated[str, typer.Argument(help="A number that campaigns show.")],
    directory: Annotated[str, typer.Option(help="In which directory it was looked up.")],
    by: Annotated[str, typer.Option(help="Who looked.")],
    listed_as: Annotated[str, typer.Option(help="Under which name it is listed.")] = "",
    missing: Annotated[bool, typer.Option("--missing", help="It is not listed.")] = False,
    on: Annotated[str, typer.Option(help="Day of the look; now if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write down whether a number that is shown stands in the directory. Without that, no Swiss campaign dials."""
    with opened() as runtime:
        checked_at = start_of(on) if on else runtime.clock.now()
        look = Look(not missing, directory, by, checked_at, listed_as)
        check_id, until = look_recorded(runtime, e164_of(number), look)
    show_facts({"id": check_id, "may_be_shown_until": until.isoformat() if until else None}, as_json=as_json)


def start_of(text: str) -> datetime:
    """The beginning of a day, Swiss time. Raises Invalid for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), SWISS_TIME)
    except ValueError as error:
        raise Invalid(f"{text!r} is no day. Write it as 2026-03-02.") from error


def e164_of(text: str) -> str:
    """The number in E.164, read as in Switzerland where it has no country code. Raises Invalid."""
    number = parse_phone_number(text, "CH")
    if number is None:
        raise Invalid("This is not a phone number. Write it with its country code, such as +41 44 668 18 00.")
    return number.e164
