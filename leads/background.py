"""All that rows say about one lead when it is decided, but for partners' standing, read by one statement."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    case,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from leads.customer_identity import MARKS, CustomerMark, marks_of
from leads.dispute_book import undecided
from leads.facts import RELATION_KINDS, LeadFacts, ProtectionFacts, RelationFacts
from leads.offers import BY_HAND, is_an_answer
from leads.ranking import TURN
from leads.standings_copy import SUM_OF_REVISIONS
from leads.tables import Lead, Offer, PartnerRelation, Protection, RoutingRound

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_PAST = timedelta(days=730)
_LEAD = bindparam("lead_id", type_=String)
_TODAY = bindparam("today", type_=Date)
# What the part of an offer says of it: it tells something of its partner, and it counts towards the most there are.
_ANSWER, _IN_LINE = "answer", "in_line"
# What each part of the statement tells; where a part has nothing to say in a column, it is null.
_COLUMNS = (
    Column("number", Integer),
    Column("partner_id", String),
    Column("known_by", String),
    Column("evidence", String),
    Column("kind", String),
    Column("since", Date),
    Column("until", Date),
)


def _part(what: str, **columns: Any) -> Any:
    filled = (type_coerce(columns.get(one.name, null()), one.type).label(one.name) for one in _COLUMNS)
    return select(literal_column(f"'{what}'").label("what"), *filled)


def _is_customer(table: type[PartnerRelation | Protection]) -> ColumnElement[bool]:
    return or_(*(and_(table.known_by == name, table.customer_key == bindparam(name)) for name in MARKS))


def _rows_of(table: type[PartnerRelation | Protection], names: Sequence[str]) -> dict[str, Any]:
    return {"number": table.id} | {name: getattr(table, name) for name in names}


def _statement() -> CompoundSelect[Any]:
    """Put together once, at import: it takes as long as running it."""
    # This part comes first, as it has every column and so gives them their types.
    relations = _part(
        "relation",
        **_rows_of(PartnerRelation, ("partner_id", "known_by", "evidence", "kind", "since", "until")),
    ).where(
        _is_customer(PartnerRelation),
        PartnerRelation.since <= _TODAY,
        # A past project counts for a while after its last day, the others until theirs.
        or_(
            PartnerRelation.until.is_(None),
            PartnerRelation.until >= _TODAY,
            and_(PartnerRelation.kind == "past", PartnerRelation.until >= bindparam("past", type_=Date)),
        ),
    )
    protections = _part("protection", **_rows_of(Protection, ("partner_id", "since", "until"))).where(
        _is_customer(Protection),
        Protection.solution == bindparam("solution", type_=String),
        Protection.since <= _TODAY,
        Protection.until >= _TODAY,
    )
    is_in_line = and_(Offer.offered_at >= bindparam("in_line_since"), Offer.basis != BY_HAND)
    offers = _part(
        "offer",
        number=Offer.number,
        partner_id=Offer.partner_id,
        known_by=case((is_an_answer(), _ANSWER), else_=""),
        evidence=Offer.status,
        kind=case((is_in_line, _IN_LINE), else_=""),
    ).where(Offer.lead_id == _LEAD)
    rounds = _part("round", number=RoutingRound.number, kind=RoutingRound.basis).where(RoutingRound.lead_id == _LEAD)
    return union_all(
        relations,
        protections,
        offers,
        rounds,
        _part("dispute").where(undecided(_LEAD)),
        _part("revisions", number=SUM_OF_REVISIONS.scalar_subquery()),
    )


_BACKGROUND = _statement()


@dataclass(frozen=True)
class Background:
    """What is known of a lead: which rounds and offers it had, who has a claim to it, and whether a dispute freezes it.

    `had` says how the offer of each partner that had it ended; `revisions` are the sum of all partners'.
    """

    offers_made: int
    offers_lost: int
    rounds: int
    has_entitled: bool
    is_frozen: bool
    revisions: int
    had: dict[str, str]
    protections: tuple[ProtectionFacts, ...]
    relations: tuple[RelationFacts, ...]


def look_up(session: Session, lead: Lead, facts: LeadFacts, now: datetime) -> Background:
    """The background of a locked lead, under the lock of credit."""
    # What this session has changed and not written yet would be missed below.
    session.flush()
    marks = marks_of(lead.uid, lead.phone_number, lead.company)
    today = now.astimezone(_SWISS_TIME).date()
    asked: dict[str, Any] = {
        # A mark that a customer lacks is null, which nothing equals.
        **dict.fromkeys(MARKS),
        **{mark.known_by: mark.key for mark in marks},
        "lead_id": lead.id,
        "in_line_since": lead.in_line_since,
        "solution": facts.solution,
        "today": today,
        "past": today - _PAST,
    }
    parts: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.connection().execute(_BACKGROUND, asked):
        parts[row[0]].append(row)
    offers = sorted(parts["offer"], key=_number)
    answers = [row for row in offers if row.known_by == _ANSWER]
    return Background(
        offers_made=max(map(_number, offers), default=0),
        offers_lost=sum(row.kind == _IN_LINE for row in answers),
        rounds=max(map(_number, parts["round"]), default=0),
        has_entitled=any(row.kind == TURN for row in parts["round"]),
        is_frozen=bool(parts["dispute"]),
        revisions=_number(parts["revisions"][0]),
        # Calls that a partner did not take only count while calls are made.
        had={row.partner_id: row.evidence for row in (offers if facts.live_hours else answers)},
        protections=tuple(
            ProtectionFacts(row.partner_id, row.until.isoformat())
            for row in sorted(parts["protection"], key=lambda row: (row.since, row.number))
        ),
        relations=_relations(parts["relation"], marks),
    )


def _number(row: Row[Any]) -> int:
    return int(row.number)


def _relations(rows: Sequence[Row[Any]], marks: Sequence[CustomerMark]) -> tuple[RelationFacts, ...]:
    surest_first = [mark.known_by for mark in marks]
    ordered = sorted(
        rows,
        key=lambda row: (
            RELATION_KINDS.index(row.kind),
            -row.since.toordinal(),
            surest_first.index(row.known_by),
            row.partner_id,
            row.number,
        ),
    )
    return tuple(
        RelationFacts(row.partner_id, row.known_by, row.evidence, row.since.isoformat(), row.kind) for row in ordered
    )
