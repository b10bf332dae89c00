"""The yardstick's night: what the last weeks teach about each partner, and how good and fair routing was.

The ticker claims the night by its row; a worker does the sums. A run that is lost is rung again after an hour.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from foundation.database import insert_unless_known
from foundation.logs import get_logger
from foundation.queue import QueueName
from foundation.runtime import Runtime
from leads.credit_book import correct, hold_credits
from leads.facts import PartnerFacts
from leads.job_names import RUN_YARDSTICK
from leads.lead_states import DeclineReason, LeadOutcome, OfferStatus
from leads.offers import is_an_answer
from leads.optimum import best_points
from leads.partners import profile_of
from leads.ranking import PROTECTION, RELATION, TURN, WISH, Inputs, admitted_but_for_room, weigh_claims
from leads.replay import inputs_of
from leads.settlement import Settlement, credited_in, settle, week_of, week_to_settle, whole_weeks
from leads.tables import Lead, Offer, Partner, PartnerCredit, RoutingRound, YardstickRun
from leads.yardstick import (
    Lesson,
    PastLead,
    Terms,
    by_holder,
    entitlements,
    is_night_of_learning,
    jain_index,
    learn,
)

log = get_logger(__name__)

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_QUIET_HOUR = 2
_PATIENCE = timedelta(hours=1)
_WINDOW = timedelta(days=42)
_WORKING_DAYS = 5
_AT_MOST = 3000
# Alert above so much regret, or when the partner that fares worst has less of its entitlement.
_REGRET_MILLI, _WORST_MILLI = 80, 800
# Fewer leads, or a smaller entitlement, say nothing of fairness.
_ENOUGH_LEADS, _ENOUGH_ENTITLED = 50, 5.0
# Records are drawn to the mean of all as if so many more offers or leads had gone as they go on average.
_AS_IF = 10
_MEAN_MILLI = 700
_CLAIMS = frozenset({PROTECTION, WISH, RELATION})


@dataclass(frozen=True)
class _Night:
    """The window's leads as the yardstick sees them, who took each, and each partner's holder.

    `broken` relations were admitted and passed over in the first decision.
    """

    leads: Sequence[PastLead]
    given: Sequence[str]
    holders: Mapping[str, str]
    terms: Mapping[str, Terms]
    weeks: float
    broken: int
    whole_weeks: Collection[str]  # looked at from their first lead on


def ring_when_due(runtime: Runtime, now: datetime) -> bool:
    """Claim this night and queue its run, once, after the quiet hour of a night that teaches."""
    here = now.astimezone(_SWISS_TIME)
    if here.hour < _QUIET_HOUR:
        return False
    with runtime.database.reading() as session:
        run = session.get(YardstickRun, here.date())
        if run is not None and (run.lessons or run.at > now - _PATIENCE):
            return False
        first = session.scalar(select(Lead.opened_at).order_by(Lead.opened_at).limit(1))
    if first is None or not is_night_of_learning(first.astimezone(_SWISS_TIME).date(), here.date()):
        return False
    row = {"day": here.date(), "at": now, "leads": 0, "fit_milli": 0, "jain_milli": 0, "worst_milli": 0}
    with runtime.database.transaction() as session:
        claimed = insert_unless_known(session, YardstickRun, [row | {"is_alert": False, "lessons": {}}], ["day"])
        if not claimed:
            # Claimed before, and nothing came of it: the worker may have died.
            lost = session.get_one(YardstickRun, here.date(), with_for_update=True, populate_existing=True)
            claimed = int(not lost.lessons and lost.at <= now - _PATIENCE)
            lost.at = now if claimed else lost.at
        if claimed:
            runtime.queue.put_after_commit(session, QueueName.WORK, RUN_YARDSTICK, here.date().isoformat())
    return bool(claimed)


def run_yardstick(runtime: Runtime, day: date, now: datetime) -> YardstickRun:
    """Learn from the window before `now`, write the lessons to the partners and the figures to the night's row."""
    with runtime.database.reading() as session:
        night = _look_back(session, now)
        response = _response(session, now - _WINDOW)
        rating = _rating(session, now - _WINDOW)
        settlement = _settlement(session, day, night)
    lessons = learn(night.leads, night.terms, periods=night.weeks)
    with runtime.database.transaction() as session:
        run = session.get_one(YardstickRun, day)
        _write_figures(run, night)
        run.lessons = {name: [one.weight_milli, one.price_milli] for name, one in lessons.items()}
        hold_credits(session)
        _settle(session, run, settlement, night, now)
        for partner_id, holder in night.holders.items():
            lesson = lessons.get(holder, Lesson())
            learned = {
                "weight_milli": lesson.weight_milli,
                "price_milli": lesson.price_milli,
                "response_milli": response.get(partner_id, _MEAN_MILLI),
                "rating_milli": rating.get(partner_id, _MEAN_MILLI),
            }
            _write_lesson(session, partner_id, learned, now)
    if run.is_alert:
        log.warning("routing_is_off", fit_milli=run.fit_milli, worst_milli=run.worst_milli, day=day.isoformat())
        runtime.live.publish("leads", alert="routing")
    return run


def _settlement(session: Session, day: date, night: _Night) -> Settlement:
    week = week_to_settle(session, day, night.whole_weeks)
    if not week:
        return Settlement()
    leads = [lead for lead in night.leads if lead.period == week]
    return settle(week, leads, credited_in(session, week, night.holders), night.terms)


def _settle(session: Session, run: YardstickRun, settlement: Settlement, night: _Night, now: datetime) -> None:
    """Book what is still to be credited, once, whoever else runs the same night: the lock of credit is held."""
    settled = select(YardstickRun.day).where(YardstickRun.settled_week == settlement.week)
    if not settlement.week or session.scalar(settled) is not None:
        return
    # Branches of one owner have one credit, so any of them will do.
    first = {night.holders[partner_id]: partner_id for partner_id in sorted(night.holders, reverse=True)}
    correct(session, {first[name]: milli for name, milli in settlement.corrections.items() if name in first}, now)
    run.settled_week, run.settled = settlement.week, settlement.to_json()


def _look_back(session: Session, now: datetime) -> _Night:
    holders, terms = holders_and_terms(session)
    rounds = session.scalars(
        select(RoutingRound)
        .join(Lead, Lead.id == RoutingRound.lead_id)
        .where(Lead.opened_at >= now - _WINDOW, Lead.opened_at <= now, RoutingRound.number == 1)
        .order_by(Lead.opened_at.desc())
        .limit(_AT_MOST)
    ).all()
    taken = _taken(session, now - _WINDOW)
    leads, given, broken = [], [], 0
    for kept in reversed(rounds):
        partner_id, basis = taken.get(kept.lead_id, ("", ""))
        holder = holders.get(partner_id, "")
        inputs = inputs_of(session, kept)
        leads.append(_past_lead(inputs, kept, holders, holder if basis != TURN else ""))
        broken += _is_broken(inputs, kept)
        given.append(holder)
    is_cut = len(rounds) == _AT_MOST
    # Capacity is a week's: the days that brought leads say how many working weeks these were.
    days = {kept.at.astimezone(_SWISS_TIME).date() for kept in rounds}
    # Where there were more rounds than are looked at, the first week is not here in whole.
    begun = whole_weeks((kept.at for kept in rounds), now - _WINDOW)
    if is_cut:
        begun.discard(week_of(rounds[-1].at))
    return _Night(leads, given, holders, terms, max(1, len(days)) / _WORKING_DAYS, broken, begun)


def holders_and_terms(session: Session) -> tuple[dict[str, str], dict[str, Terms]]:
    """Who is entitled in each partner's place, and on which terms: an owner's are those of its largest branch."""
    holders: dict[str, str] = {}
    terms: dict[str, Terms] = {}
    for row in session.scalars(select(Partner).order_by(Partner.id)):
        partner = PartnerFacts(row.id, row.revision, profile_of(row))
        holders[row.id] = partner.holder
        capacity = partner.profile.weekly_capacity
        if partner.holder not in terms or terms[partner.holder].capacity < capacity:
            terms[partner.holder] = Terms(capacity, partner.weight)
    return holders, terms


def _is_broken(inputs: Inputs, kept: RoutingRound) -> bool:
    """Whether a partner with a relation was admitted and somebody else was offered the lead without a claim."""
    admitted = any(one.verdict == "chosen" for one in weigh_claims(inputs, inputs.relations))
    return admitted and kept.basis not in _CLAIMS and not inputs.protections and inputs.lead.has_origin


def _past_lead(inputs: Inputs, kept: RoutingRound, holders: Mapping[str, str], bound_to: str) -> PastLead:
    points = by_holder({one.partner_id: points for one, points in admitted_but_for_room(inputs)}, holders)
    return PastLead(week_of(kept.at), points, bound_to)


def _taken(session: Session, since: datetime) -> dict[str, tuple[str, str]]:
    rows = session.execute(
        select(Offer.lead_id, Offer.partner_id, Offer.basis).where(
            Offer.offered_at > since, Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED))
        )
    )
    return {lead_id: (partner_id, basis) for lead_id, partner_id, basis in rows}


def _write_figures(run: YardstickRun, night: _Night) -> None:
    capacity = {name: its.capacity for name, its in night.terms.items()}
    best = best_points(night.leads, capacity, keep_relations=True)
    reached = sum(lead.points.get(name, 0) for lead, name in zip(night.leads, night.given, strict=True))
    received = Counter(name for lead, name in zip(night.leads, night.given, strict=True) if name and not lead.bound_to)
    due = entitlements(night.leads, night.terms)
    shares = [received[name] / share for name, share in due.items() if share >= _ENOUGH_ENTITLED]
    run.shares = {name: [received[name], round(1000 * share)] for name, share in due.items() if share >= 1}
    run.broken = night.broken
    run.unrouted = sum(not name for name in night.given)
    run.leads = len(night.leads)
    run.fit_milli = 1000 * reached // best if best else 1000
    run.jain_milli = round(1000 * jain_index(shares)) if shares else 1000
    run.worst_milli = round(1000 * min(shares)) if shares else 1000
    is_off = run.fit_milli < 1000 - _REGRET_MILLI or run.worst_milli < _WORST_MILLI
    run.is_alert = run.leads >= _ENOUGH_LEADS and is_off


def _write_lesson(session: Session, partner_id: str, learned: dict[str, int], now: datetime) -> None:
    known = update(PartnerCredit).where(PartnerCredit.partner_id == partner_id).values(learned)
    if not session.execute(known, execution_options={"synchronize_session": False}).rowcount:  # type: ignore[attr-defined]
        session.add(PartnerCredit(partner_id=partner_id, since=now, **learned))


def _response(session: Session, since: datetime) -> dict[str, int]:
    """How many of its offers each partner took or declined for a good reason, in time."""
    let_go = (Offer.status == OfferStatus.TIMED_OUT) | (Offer.decline_reason == DeclineReason.NOT_INTERESTED)
    over = Offer.status.in_((OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.TIMED_OUT))
    rows = session.execute(
        select(Offer.partner_id, func.sum(case((let_go, 0), else_=1)), func.count())
        .where(Offer.offered_at > since, over, is_an_answer())
        .group_by(Offer.partner_id)
    )
    return _shrunk([(name, int(good), int(count)) for name, good, count in rows])


def _rating(session: Session, since: datetime) -> dict[str, int]:
    """How many of its closed leads each partner won. Leads that were none do not count."""
    rows = session.execute(
        select(Lead.partner_id, func.sum(case((Lead.outcome == LeadOutcome.WON, 1), else_=0)), func.count())
        .where(Lead.closed_at > since, Lead.outcome.in_((LeadOutcome.WON, LeadOutcome.LOST)))
        .group_by(Lead.partner_id)
    )
    return _shrunk([(str(name), int(good), int(count)) for name, good, count in rows])


def _shrunk(records: Sequence[tuple[str, int, int]]) -> dict[str, int]:
    total = sum(count for _, _, count in records)
    mean = 1000 * sum(good for _, good, _ in records) / total if total else _MEAN_MILLI
    # The mean stands at the same place as a newcomer's, so that being measured is neither good nor bad by itself.
    return {
        name: max(0, min(1000, round(_MEAN_MILLI + (1000 * good + _AS_IF * mean) / (count + _AS_IF) - mean)))
        for name, good, count in records
    }
