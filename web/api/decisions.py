"""Why leads did or did not come to a partner, in the API: its own row with values, the others by pseudonym."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from leads import why
from leads.replay import explain_round
from leads.why import Why
from web.caller import Paged, PageWanted, PartnerCaller, StaffCaller, paged
from web.wishes import RoundWanted

router = APIRouter(tags=["decisions"])


class RuleOut(BaseModel):
    """One rule's verdict. Of nearness and size, points are in steps of ten and values as in a teaser."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    fits: bool
    points: int
    most: int
    code: str
    wanted: str
    found: str


class OtherOut(BaseModel):
    """Another candidate. `rank` 0 and no value: `codes` excluded it. Its name holds for you and this month."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    rank: int
    value: int | None
    codes: list[str]


class WhatIfOut(BaseModel):
    """One change of yours, its value, the place it would have led to (0: none), and whether the lead with it."""

    model_config = ConfigDict(from_attributes=True)

    change: str
    value: str
    place: int
    gets_it: bool


class DecisionOut(BaseModel):
    """One decision about a lead. Credit and share are in thousandths of a lead."""

    lead_id: str
    round: int
    rounds: list[int]
    at: datetime
    teaser: dict[str, Any]
    basis: str
    is_mine: bool
    verifies: bool
    rules: list[RuleOut]
    worth: dict[str, int]
    share_milli: int
    credit_before_milli: int
    credit_after_milli: int
    rank: int
    would_rank: int
    short_by: int
    changes: list[WhatIfOut]
    others: list[OtherOut]


class ElsewhereOut(BaseModel):
    """A lead that went elsewhere. Without `codes` the rules admitted you."""

    model_config = ConfigDict(from_attributes=True)

    lead_id: str
    at: datetime
    teaser: dict[str, Any]
    basis: str
    codes: list[str]


@router.get("/decisions")
def list_decisions(caller: PartnerCaller, paging: PageWanted) -> Paged[ElsewhereOut]:
    """Leads that you were a candidate for and did not get, the newest first."""
    with caller.parts.database.reading() as session:
        rows = why.list_elsewhere(session, caller.person.partner_id, paging.cursor, paging.limit + 1)
    return paged(rows, paging, ElsewhereOut.model_validate, lambda row: row.lead_id)


@router.get("/decisions/{routed_id}")
def get_decision(caller: PartnerCaller, routed_id: str, number: RoundWanted = 0) -> DecisionOut:
    """Why a lead did or did not come to you; `round` 0 is the latest that you were a candidate in."""
    with caller.parts.database.reading() as session:
        return _shown(why.why_for(session, caller.parts.settings, caller.person.partner_id, routed_id, number))


@router.get("/leads/{lead_id}/why")
def get_reasons(caller: StaffCaller, lead_id: str, number: RoundWanted = 1, partner_id: str = "") -> dict[str, Any]:
    """Everybody's reasons in one decision, and with `partner_id` what would have changed it for that partner."""
    with caller.parts.database.reading() as session:
        explained = explain_round(session, lead_id, number)
        changes = why.changes_for(session, lead_id, number, partner_id)[0] if partner_id else ()
    return explained.to_json() | {"changes": [change.to_json() for change in changes]}


def _shown(found: Why) -> DecisionOut:
    own = found.own
    return DecisionOut(
        lead_id=found.lead_id,
        round=found.number,
        rounds=list(found.rounds),
        at=found.at,
        teaser=found.teaser,
        basis=found.basis,
        is_mine=found.is_mine,
        verifies=found.verifies,
        rules=[RuleOut.model_validate(rule) for rule in found.rules],
        worth=own.worth.to_json(),
        share_milli=own.share_milli,
        credit_before_milli=own.credit_before_milli,
        credit_after_milli=own.credit_after_milli,
        rank=own.rank,
        would_rank=own.would_rank,
        short_by=own.short_by,
        changes=[WhatIfOut.model_validate(change) for change in found.changes],
        others=[OtherOut.model_validate(other) for other in found.others],
    )
