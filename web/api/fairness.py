"""Figures of routing in the API: the vendor's, and each partner's own beside the anonymous median."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from dialer import transfer_figures
from leads import fairness_view, settlement_view
from leads.settlement_view import WeekMadeGood
from leads.week_figures import Counts
from web.caller import PartnerCaller, StaffCaller

router = APIRouter(tags=["figures"])


class CountsOut(BaseModel):
    """Offers that are over. Shares in thousandths, times in minutes; null where nothing can be said yet."""

    offers: int
    accepted: int
    declined: int
    timed_out: int
    leads: int
    acceptance_milli: int | None
    first_acceptance_milli: int | None
    again_milli: int | None
    minutes_p50: int | None
    minutes_p90: int | None


class NightOut(BaseModel):
    """What a night of the yardstick found about the six weeks before it. `broken` relations must be none."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    leads: int
    fit_milli: int
    jain_milli: int
    worst_milli: int
    broken: int
    unrouted: int
    is_alert: bool


class WeekOut(BaseModel):
    """One week's offers, from its Monday."""

    monday: date
    counts: CountsOut


class FairnessOut(BaseModel):
    """How well and how fairly leads are routed."""

    nights: list[NightOut]
    weeks: list[WeekOut]
    total: CountsOut
    disputes_filed: int
    disputes_decided: int
    disputes_overturned: int


class TransferCountsOut(BaseModel):
    """Live transfers begun, and partners asked for them by phone. `missed` says by reason how many did not take one.

    `handed_over`: customer and partner talked on without the agent. `seconds_p50`: half of those who took it did so
    within that time.
    """

    model_config = ConfigDict(from_attributes=True)

    transfers: int
    handed_over: int
    asked: int
    taken: int
    missed: dict[str, int]
    seconds_p50: int | None


class CampaignWeekOut(BaseModel):
    """One campaign's live transfers of one week, from its Monday."""

    model_config = ConfigDict(from_attributes=True)

    monday: date
    campaign_id: str
    campaign: str
    counts: TransferCountsOut


class TransferFiguresOut(BaseModel):
    """The newest week first."""

    model_config = ConfigDict(from_attributes=True)

    total: TransferCountsOut
    weeks: list[CampaignWeekOut]


class OwnFigureOut(BaseModel):
    """One of your figures and the median of all partners; null median: fewer than five partners."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    own: int | None
    median: int | None


class ShareOut(BaseModel):
    """One partner, or owner of branches, in thousandths of a lead: credited as leads came, due by the week as a whole,
    and the difference, which was added to its credit, or came off.
    """

    model_config = ConfigDict(from_attributes=True)

    name: str
    credited_milli: int
    due_milli: int
    made_good_milli: int


class WeekMadeGoodOut(BaseModel):
    """A week that was made good, by its Monday, and the day in whose night; what moved the most first."""

    model_config = ConfigDict(from_attributes=True)

    monday: date
    made_good_on: date
    shares: list[ShareOut]


@router.get("/fairness")
def get_fairness(caller: StaffCaller) -> FairnessOut:
    """The vendor's figures of the last weeks."""
    with caller.parts.database.reading() as session:
        found = fairness_view.view_fairness(session, caller.now)
    return FairnessOut(
        nights=[NightOut.model_validate(night) for night in found.nights],
        weeks=[WeekOut(monday=week.monday, counts=_counts(week.counts)) for week in found.weeks],
        total=_counts(found.total),
        disputes_filed=found.disputes.filed,
        disputes_decided=found.disputes.decided,
        disputes_overturned=found.disputes.overturned,
    )


@router.get("/live-transfers")
def get_live_transfers(caller: StaffCaller) -> TransferFiguresOut:
    """Customers put through to partners in the last weeks, by campaign and week."""
    with caller.parts.database.reading() as session:
        return TransferFiguresOut.model_validate(transfer_figures.view_transfers(session, caller.now))


@router.get("/own-figures")
def get_own_figures(caller: PartnerCaller) -> list[OwnFigureOut]:
    """Your figures of the last weeks beside the median. Shares in thousandths, times in minutes, `live_*` in calls."""
    with caller.parts.database.reading() as session:
        figures = fairness_view.view_own(session, caller.person.partner_id, caller.now)
        figures += transfer_figures.own_figures(session, caller.person.partner_id, caller.now)
    return [OwnFigureOut.model_validate(figure) for figure in figures]


@router.get("/weeks-made-good")
def get_weeks_made_good(caller: StaffCaller) -> list[WeekMadeGoodOut]:
    """The latest weeks that were made good, the newest first: who was given back how much credit."""
    with caller.parts.database.reading() as session:
        weeks = settlement_view.list_weeks(session)
    return _made_good(weeks)


@router.get("/own-weeks-made-good")
def get_own_weeks_made_good(caller: PartnerCaller) -> list[WeekMadeGoodOut]:
    """The same weeks with your own share alone."""
    with caller.parts.database.reading() as session:
        weeks = settlement_view.list_own_weeks(session, caller.person.partner_id)
    return _made_good(weeks)


def _made_good(weeks: Sequence[WeekMadeGood]) -> list[WeekMadeGoodOut]:
    return [WeekMadeGoodOut.model_validate(week) for week in weeks]


def _counts(counts: Counts) -> CountsOut:
    return CountsOut(
        offers=counts.offers,
        accepted=counts.accepted,
        declined=counts.declined,
        timed_out=counts.timed_out,
        leads=counts.leads,
        acceptance_milli=counts.acceptance_milli,
        first_acceptance_milli=counts.first_acceptance_milli,
        again_milli=counts.again_milli,
        minutes_p50=counts.minutes_of(0.5),
        minutes_p90=counts.minutes_of(0.9),
    )
