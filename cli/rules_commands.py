"""`halali rules …`: what applies to a number and why, grounds and checks. Deciding is `compliance.rules` alone."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select

from cli import ground_commands
from cli.access import opened
from cli.campaign_commands import read_bytes
from cli.options import AsJson, group
from cli.output import say, show, show_facts, show_json
from compliance import receipts, rule_words
from compliance.explain import Explanation, RuleSaid, explain
from compliance.gate_facts import GateFacts
from compliance.ground_uses import verify_ledger
from compliance.jurisdictions import Jurisdiction, find_jurisdiction
from compliance.replay import replay
from compliance.verdicts import verdict_record
from dialer.number_check import Question, facts_about
from dialer.tables import Call
from foundation.errors import Invalid, NotFound
from foundation.phone_number import parse_phone_number
from foundation.secret_key import derived_key

commands = group("Rules: who may be called, when, and why.")

commands.command("attest")(ground_commands.attest)
commands.command("revoke")(ground_commands.revoke)
commands.command("check-number")(ground_commands.check_number)


@commands.command("explain")
def explain_number(  # noqa: PLR0913, PLR0917 - one argument for each option
    number: Annotated[str, typer.Argument(help="The number that would be called.")],
    at: Annotated[str, typer.Option(help="Moment, such as 2026-12-24T17:00 (Swiss time) or with an offset.")] = "",
    canton: Annotated[str, typer.Option(help="The callee's canton or state; unknown if left out.")] = "",
    b2b: Annotated[bool, typer.Option("--b2b", help="The callee is a business.")] = False,
    b2c: Annotated[bool, typer.Option("--b2c", help="The callee is a consumer.")] = False,
    caller_number: Annotated[str, typer.Option(help="The number that would be shown.")] = "",
    campaign: Annotated[str, typer.Option(help="The campaign's id, for its own do-not-call list.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what applies to a number at a moment, and why. Dials nobody."""
    found = parse_phone_number(number, "CH")
    if found is None:
        raise Invalid("This is not a phone number. Write it with its country code, such as +41 44 668 18 00.")
    jurisdiction = find_jurisdiction(found.country)
    if jurisdiction is None:
        raise NotFound(f"There are no rules for {found.country or 'this country'}, so nobody there is called.")
    if b2b and b2c:
        raise Invalid("Say --b2b or --b2c, or neither.")
    with opened() as runtime, runtime.database.reading() as session:
        moment = _moment(at) if at else runtime.clock.now()
        party = "businesses" if b2b else "consumers" if b2c else ""
        question = Question(found.e164, found.country, canton.upper(), party, caller_number, campaign)
        facts = facts_about(runtime.settings, session, question, moment)
    explanation = explain(jurisdiction, facts)
    if as_json:
        show_json(_as_json(found.e164, facts, explanation))
    else:
        _print(found.e164, jurisdiction, facts, explanation)


@commands.command("replay")
def replay_calls(
    call: Annotated[str, typer.Argument(help="A call's id; the latest calls if left out.")] = "",
    last: Annotated[int, typer.Option(help="How many of the latest calls.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Decide again what the gate said of calls, from the facts and rules kept with them; fails where they differ."""
    counts = {"calls": 0, "agree": 0, "differ": 0, "without_facts": 0}
    differing: list[dict[str, Any]] = []
    with opened() as runtime, runtime.database.reading() as session:
        wanted = select(Call.id, Call.gate_verdict).where(Call.kind == "contact").order_by(Call.id.desc()).limit(last)
        rows = session.execute(wanted.where(Call.id == call) if call else wanted).all()
        if call and not rows:
            raise NotFound(f"There is no call {call}.")
        for call_id, record in rows:
            if not record:
                continue  # the gate has not been asked yet
            counts["calls"] += 1
            again = replay(session, record)
            if again is None:
                counts["without_facts"] += 1
            elif again.agrees:
                counts["agree"] += 1
            else:
                counts["differ"] += 1
                differing.append({"call": call_id, "said": again.said, "again": again.again, "rules": again.rules})
    show_facts({**counts, **({"differing": differing} if differing else {})}, as_json=as_json)
    if differing:
        raise typer.Exit(1)


@commands.command("ledger")
def ledger(
    head: Annotated[str, typer.Option(help="A hash noted earlier, which must still be in it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Check the chain of all uses of lawful grounds; fails where a row is not what was written."""
    with opened() as runtime, runtime.database.reading() as session:
        state = verify_ledger(session, known_head=head)
    facts = {"uses": state.uses, "head": state.head, "intact": not state.broken_at}
    show_facts(facts | ({"broken_at": state.broken_at, "why": state.why} if state.broken_at else {}), as_json=as_json)
    if state.broken_at:
        raise typer.Exit(1)


@commands.command("receipt-key")
def receipt_key() -> None:
    """Print the public key of receipts as a JSON Web Key, for partners."""
    with opened() as runtime:
        show_json(receipts.public_jwk(receipts.public_key(derived_key(runtime.settings, receipts.PURPOSE))))


@commands.command("verify-receipt")
def verify_receipt(
    receipt: Annotated[str, typer.Argument(help="The receipt, or a file that holds it.")],
    key: Annotated[Path | None, typer.Option(help="A public key (JWK); this installation's own if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a lead's receipt and show what it says; fails when it was not signed with this key."""
    # A receipt begins with its head in base 64: no file is called like that.
    is_token = receipt.startswith("eyJ") and receipt.count(".") == 2
    token = receipt if is_token else read_bytes(Path(receipt)).decode("ascii", "replace").strip()
    if key is not None:
        try:
            public = receipts.read_jwk(json.loads(read_bytes(key)))
        except ValueError as error:
            raise Invalid(f"{key} holds no public key: {error}.") from error
    else:
        with opened() as runtime:
            public = receipts.public_key(derived_key(runtime.settings, receipts.PURPOSE))
    match receipts.check_receipt(token, public):
        case receipts.Valid(claims):
            show_facts({"valid": True, **claims}, as_json=as_json)
        case receipts.Forged(why):
            show_facts({"valid": False, "why": why}, as_json=as_json)
            raise typer.Exit(1)


def _print(number: str, jurisdiction: Jurisdiction, facts: GateFacts, explanation: Explanation) -> None:
    show(f"{number}  {jurisdiction.name}{', ' + explanation.region if explanation.region else ', region unknown'}")
    for zone, day, windows in explanation.windows:
        clock = facts.at.astimezone(ZoneInfo(zone))
        show(f"  {day:%A %d %B %Y} in {zone}: {rule_words.hours_in_words(windows)}; asked for {clock:%H:%M}")
    record = verdict_record(explanation.verdict)
    details = {name: value for name, value in record.items() if name != "verdict"}
    show(f"verdict: {record['verdict']}")
    for name, value in details.items():
        show(f"  {name}: {', '.join(value) if isinstance(value, list) else value}")
    for heading, says in (("what stops it", "stops"), ("what lets it pass", "allows"), ("what people see to", "tells")):
        rules = [one for one in explanation.applying if one.says == says]
        if rules:
            show(f"{heading}:")
        for one in rules:
            _print_rule(one)
    later = [one.rule for one in explanation.aside if one.why == "later"]
    if later:
        show("what is coming:")
    for rule in sorted(later, key=lambda one: one.in_force_from):
        show(f"  {rule.in_force_from}  {rule.id}: {rule_words.in_words(rule)}")
    others = [f"{one.rule.id} ({one.why.replace('_', ' ')})" for one in explanation.aside if one.why != "later"]
    if others:
        say(f"does not apply: {', '.join(others)}")


def _print_rule(one: RuleSaid) -> None:
    rule = one.rule
    until = f" until {one.until.isoformat()}" if one.until else ""
    show(f"  {rule.id}: {rule_words.in_words(rule)}{until}")
    since = f"since {rule.in_force_from}" + (f" to {rule.in_force_to}" if rule.in_force_to else "")
    show(f"      {rule.basis}, {rule.confidence}, {rule.party}, {since}; {rule.source} ({rule.source_date})")


def _as_json(number: str, facts: GateFacts, explanation: Explanation) -> dict[str, Any]:
    return {
        "number": number,
        "at": facts.at.isoformat(),
        "region": explanation.region,
        **verdict_record(explanation.verdict),
        "hours": [
            {"zone": zone, "day": day.isoformat(), "open": rule_words.hours_in_words(windows)}
            for zone, day, windows in explanation.windows
        ],
        "applying": [_rule_json(one) for one in explanation.applying],
        "not_applying": [{"id": one.rule.id, "why": one.why} for one in explanation.aside],
    }


def _rule_json(one: RuleSaid) -> dict[str, Any]:
    rule = one.rule
    return {
        "id": rule.id,
        "kind": rule.kind,
        "says": one.says,
        "words": rule_words.in_words(rule),
        "until": one.until,
        "basis": rule.basis,
        "party": rule.party,
        "confidence": rule.confidence,
        "source": rule.source,
        "source_date": rule.source_date,
        "from": rule.in_force_from,
        "to": rule.in_force_to,
    }


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is no moment. Write it as 2026-12-24T17:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ground_commands.SWISS_TIME)
