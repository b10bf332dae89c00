"""What must hold after a rehearsal, whatever went wrong in it: each check compares what was kept apart. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from cli.rehearsal.books import Books
from dialer.call_states import FINAL, CallStatus
from dialer.transfer_states import FINAL_TRANSFERS

_SETTLED = frozenset({"accepted", "with_human", "closed"})
# What the product calls an attempt whose phone was picked up.
_PICKED_UP = (
    CallStatus.COMPLETED,
    CallStatus.ABANDONED,
    CallStatus.HUNG_UP_BEFORE_BRIDGE,
    CallStatus.DECLINED,
)
_SHOWN = 5
_OFFER_SECONDS, _OFFER_PERCENT = 5.0, 99


@dataclass(frozen=True)
class Check:
    """One thing that must hold, whether it does, and what was found."""

    name: str
    ok: bool
    detail: str


def check_all(books: Books) -> list[Check]:
    """All checks in the order of a call's life."""
    return [_check(name, look(books)) for name, look in _CHECKS.items()]


def number_mismatches(books: Books) -> list[dict[str, str | int]]:
    """Numbers that the product and the carrier have not called equally often."""
    ours = Counter(call.to_number for call in books.placed)
    theirs: Counter[str] = Counter(books.played.carrier["placed_by_number"])
    return [
        {"number": number, "product": ours[number], "carrier": theirs[number]}
        for number in sorted(set(ours) | set(theirs))
        if ours[number] != theirs[number]
    ]


def doubly_placed(books: Books) -> int:
    """Calls at the carrier beyond one for each attempt: those that no attempt of ours owns."""
    ours = {call.carrier_sid for call in books.placed}
    return sum(prospect["sid"] not in ours for prospect in books.prospects)


def _check(name: str, problems: Iterator[str]) -> Check:
    found = list(problems)
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return Check(name, not found, "; ".join(found[:_SHOWN]) + more)


def _ended_by_itself(books: Books) -> Iterator[str]:
    if not books.played.ended_by_itself:
        yield "it was stopped because it took too long"


def _rows_add_up(books: Books) -> Iterator[str]:
    imported = books.cast.imported
    if imported.rows != imported.accepted + sum(imported.refused.values()):
        yield f"{imported.rows} rows, {imported.accepted} accepted, {sum(imported.refused.values())} refused"


def _contacts_are_final(books: Books) -> Iterator[str]:
    if books.contacts_live:
        yield f"{books.contacts_live} contacts have no final state"
    if sum(books.contacts_final.values()) + books.contacts_live != books.cast.imported.accepted:
        yield f"{sum(books.contacts_final.values())} final states for {books.cast.imported.accepted} contacts"


def _calls_are_final(books: Books) -> Iterator[str]:
    for call in books.calls:
        if call.status not in FINAL:
            yield f"{call.id} is {call.status}"


def _carrier_agrees(books: Books) -> Iterator[str]:
    for mismatch in number_mismatches(books):
        yield f"a number was called {mismatch['product']} times by our books, {mismatch['carrier']} by the carrier's"


def _nobody_called_twice(books: Books) -> Iterator[str]:
    if doubly_placed(books):
        yield f"{doubly_placed(books)} calls at the carrier belong to no attempt"


def _answers_agree(books: Books) -> Iterator[str]:
    picked_up = {call.carrier_sid for call in books.calls if call.status in _PICKED_UP}
    answered = {prospect["sid"] for prospect in books.prospects if prospect["answered_at"]}
    if picked_up != answered:
        yield f"{len(answered - picked_up)} answered calls we do not know of, {len(picked_up - answered)} that were not"


def _bridges_agree(books: Books) -> Iterator[str]:
    talked = {call.carrier_sid for call in books.calls if call.status == CallStatus.COMPLETED}
    bridged = {prospect["sid"] for prospect in books.prospects if prospect["bridged_at"]}
    # Where reports never come, a talk that is over before the sweep has looked leaves no trace with us.
    unknown = set() if books.played.carrier["faults_struck"].get("callback_lost") else bridged - talked
    if unknown or talked - bridged:
        yield f"{len(unknown)} bridged calls we do not know of, {len(talked - bridged)} that were not"


def _talks_are_recorded(books: Books) -> Iterator[str]:
    for call in books.calls:
        if call.kind == "contact" and call.status == CallStatus.COMPLETED and not call.disposition:
            yield f"{call.id} has no disposition"


def _agents_do_one_thing(books: Books) -> Iterator[str]:
    talks: dict[str, list[tuple[object, object, str]]] = {}
    for call in books.calls:
        if call.agent_id and call.bridged_at and call.ended_at:
            over_at = min(call.left_at or call.ended_at, call.ended_at)
            talks.setdefault(call.agent_id, []).append((call.bridged_at, over_at, call.id))
    for spans in talks.values():
        for (_, ended, first), (began, _, second) in pairwise(sorted(spans, key=lambda span: str(span[0]))):
            if str(began) < str(ended):
                yield f"{second} began during {first}"


def _transfers_are_over(books: Books) -> Iterator[str]:
    for how, count in books.transfers.items():
        if how.split(",")[0] not in FINAL_TRANSFERS:
            yield f"{count} are {how}"


def _blocked_stay_blocked(books: Books) -> Iterator[str]:
    blocked = {
        call.to_number: call.disposition_at
        for call in books.calls
        if call.disposition == "do_not_call" and call.disposition_at
    }
    for call in books.calls:
        at = blocked.get(call.to_number)
        if at is not None and call.carrier_sid and call.placing_at is not None and call.placing_at > at:
            yield f"{call.id} was placed after its number was blocked"


def _qualified_have_leads(books: Books) -> Iterator[str]:
    qualified = {call.id for call in books.calls if call.disposition == "qualified"}
    led = Counter(lead.call_id for lead in books.leads)
    for call_id in sorted(qualified | set(led)):
        if (call_id in qualified) != (led[call_id] == 1):
            yield f"{call_id} has {led[call_id]} leads"


def _qualified_have_said_yes(books: Books) -> Iterator[str]:
    said_yes = {prospect["sid"] for prospect in books.prospects if prospect["agrees"]}
    for call in books.calls:
        if call.disposition == "qualified" and call.carrier_sid not in said_yes:
            yield f"{call.id} is qualified, and the person did not agree"


def _offers_come_at_once(books: Books) -> Iterator[str]:
    # Whoever is killed comes back by itself, and what waits for it meanwhile waits longer.
    if books.played.struck:
        return
    waits = sorted(books.offer_waits())
    late = len(waits) - sum(wait <= _OFFER_SECONDS for wait in waits)
    if late * 100 > len(waits) * (100 - _OFFER_PERCENT):
        yield f"{late} of {len(waits)} first offers came more than {_OFFER_SECONDS:g} s after the call, on the wall"


def _leads_are_settled(books: Books) -> Iterator[str]:
    for lead in books.leads:
        live, accepted = lead.offers.count("live"), lead.offers.count("accepted")
        if lead.status not in _SETTLED or live or accepted != (lead.status == "accepted"):
            yield f"{lead.id} is {lead.status} with {live} live and {accepted} accepted offers"


def _leads_are_judged(books: Books) -> Iterator[str]:
    for lead in books.leads:
        if not lead.grade or not lead.is_judged_alike:
            yield f"{lead.id} is graded {lead.grade or 'not at all'}, complexity {lead.complexity}; its answers differ"


def _decisions_replay(books: Books) -> Iterator[str]:
    for lead_id, number in books.rounds_that_differ:
        yield f"round {number} of {lead_id} comes out differently when it is decided again"


def _nothing_is_left(books: Books) -> Iterator[str]:
    carrier = books.played.carrier
    for name in ("live_prospects", "live_calls", "live_conferences"):
        if carrier[name]:
            yield f"{carrier[name]} {name.replace('_', ' ')} at the carrier"
    if books.reports_waiting:
        yield f"{books.reports_waiting} callbacks are not applied"


def _audit_holds(books: Books) -> Iterator[str]:
    if books.audit_problem:
        yield books.audit_problem


_CHECKS: dict[str, Callable[[Books], Iterator[str]]] = {
    "it ended by itself": _ended_by_itself,
    "rows are accepted or refused": _rows_add_up,
    "every contact has one final state": _contacts_are_final,
    "every call is over": _calls_are_final,
    "calls per number are the carrier's": _carrier_agrees,
    "no attempt was placed twice": _nobody_called_twice,
    "answered calls are the carrier's": _answers_agree,
    "bridged calls are the carrier's": _bridges_agree,
    "every talk has its disposition": _talks_are_recorded,
    "no agent was in two calls": _agents_do_one_thing,
    "every live transfer is over": _transfers_are_over,
    "nobody was called after do-not-call": _blocked_stay_blocked,
    "each qualified call has one lead": _qualified_have_leads,
    "who is qualified has said yes": _qualified_have_said_yes,
    "offers come at once": _offers_come_at_once,
    "every lead is settled": _leads_are_settled,
    "grade and complexity follow from the answers": _leads_are_judged,
    "every decision replays": _decisions_replay,
    "nothing is left on the line": _nothing_is_left,
    "the audit trail verifies": _audit_holds,
}
