"""The last check before numbers are dialed, inside the transaction that claims them.

Gathers the facts for a whole batch in a few queries; the rules decide on facts alone, and both stay with the call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from compliance import directory, do_not_call, grounds, registers
from compliance.calling_hours import Place
from compliance.gate_facts import GateFacts, Past
from compliance.grounds import LIST, NUMBER, Subject
from compliance.jurisdictions import find_jurisdiction
from compliance.rules import decide
from compliance.tables import LawfulGround
from compliance.verdicts import Allowed, Blocked, Deferred, Verdict, verdict_record
from foundation.phone_number import time_zones_of

__all__ = ["Allowed", "Blocked", "Deferred", "GateRequest", "Verdict", "check", "check_all", "verdict_record"]


@dataclass(frozen=True)
class GateRequest:
    """A number about to be dialed, and whose it is. `history` is of all the callee's numbers, in whatever campaign."""

    phone_number: str  # E.164
    country: str  # of the number
    region: str  # the callee's canton or state; empty: unknown
    time_zone: str  # the callee's, whatever the number; empty: those that the number may be in
    campaign_id: str
    caller_number: str  # the number shown, in E.164
    list_id: str = ""
    uid: str = ""
    company: str = ""
    other_numbers: tuple[str, ...] = ()
    history: tuple[Past, ...] = ()

    @property
    def phone_numbers(self) -> tuple[str, ...]:
        """All numbers of the callee."""
        return (self.phone_number, *self.other_numbers)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What a ground for this call may have been attested for."""
        number = Subject(NUMBER, self.phone_number)
        return (Subject(LIST, self.list_id), number) if self.list_id else (number,)


def check(session: Session, request: GateRequest, now: datetime, key_of: do_not_call.KeyOf) -> Verdict:
    """May this number be dialed now?"""
    return check_all(session, [request], now, key_of)[0][1]


def check_all(
    session: Session, requests: Sequence[GateRequest], now: datetime, key_of: Callable[[], bytes]
) -> list[tuple[GateFacts, Verdict]]:
    """May these numbers be dialed now? For each what was seen and what follows, in the order of the requests.

    Raises:
        Unavailable: nobody can tell who asked not to be called.
    """
    if not requests:
        return []
    # Many of a batch differ in nothing that the rules look at. What else is in the facts, the country decides.
    judged: dict[tuple[object, ...], Verdict] = {}
    decided = []
    for facts in _gather(session, requests, now, key_of):
        seen = (facts.country, facts.place, facts.history, facts.blocks, facts.grounds, facts.caller_listed_at)
        if seen not in judged:
            judged[seen] = decide(facts)
        decided.append((facts, judged[seen]))
    return decided


def _gather(
    session: Session, requests: Sequence[GateRequest], now: datetime, key_of: Callable[[], bytes]
) -> list[GateFacts]:
    callees = [do_not_call.Callee(one.phone_numbers, one.campaign_id, one.uid, one.company) for one in requests]
    blocks = do_not_call.blocks_of(session, callees, now, key_of)
    asked_subjects = [one.subjects for one in requests]
    attested = grounds.grounds_of(session, set[Subject]().union(*asked_subjects), now)
    looks = directory.newest_looks(session, {one.caller_number for one in requests}, now)
    asked_registers = frozenset[str]().union(*map(registers.registers_of, {one.country for one in requests}))
    editions = registers.newest_editions(session, asked_registers, now)
    numbers = [number for one in requests for number in one.phone_numbers]
    in_register = registers.registered(session, numbers, asked_registers)
    # Most of a batch share a list and its grounds: what is made of each is made once.
    held = {ground.id: grounds.held(ground) for several in attested.values() for ground in several}
    gathered = []
    for request, subjects, own_blocks in zip(requests, asked_subjects, blocks, strict=True):
        own = [ground for subject in subjects for ground in attested[subject]]
        look = looks.get(request.caller_number)
        listings = (
            {name for number in request.phone_numbers for name in in_register.get(number, ())} if in_register else ()
        )
        gathered.append(
            GateFacts(
                country=request.country,
                at=now,
                place=_place(request, own),
                history=request.history,
                blocks=(*own_blocks, *(f"register:{name}" for name in sorted(listings))),
                grounds=tuple(held[ground.id] for ground in own),
                registers={
                    name: editions[name] for name in registers.registers_of(request.country) if name in editions
                },
                caller_listed_at=look.checked_at if look is not None and look.is_listed else None,
            )
        )
    return gathered


def _place(request: GateRequest, own: list[LawfulGround]) -> Place:
    return Place(request.region, _zones(request), grounds.party_of(own))


def _zones(request: GateRequest) -> tuple[str, ...]:
    """The callee's zone; with it those of the number where that is of another country, as the phone may ring there."""
    jurisdiction = find_jurisdiction(request.country)
    at_home = jurisdiction is None or request.time_zone in jurisdiction.time_zones
    if request.time_zone and at_home:
        return (request.time_zone,)
    of_number = time_zones_of(request.phone_number)
    if not request.time_zone:
        return of_number
    abroad = of_number or (jurisdiction.time_zones if jurisdiction else ())
    return tuple(dict.fromkeys((request.time_zone, *abroad)))
