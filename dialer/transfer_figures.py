"""Figures of live transfers: how many partners were asked, who took the customer and how fast, and why others did not.

Read from rows of the last weeks; counting is pure. How leads are offered otherwise is `leads.fairness_view`'s.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from dialer.call_states import CallStatus
from dialer.tables import Call
from dialer.transfer_states import TransferMove
from dialer.transfer_tables import LiveTransfer, LiveTransferEvent
from leads.fairness_view import WEEKS, OwnFigure
from leads.week_figures import anonymous_median
from leads.worth import start_of_week

_WEEK = timedelta(weeks=1)
# Why a partner who was asked did not take the customer, in the order in which pages show it.
DECLINED, NO_ANSWER, FAILED, CALLED_OFF = "declined", "no_answer", "failed", "called_off"
REASONS = (DECLINED, NO_ANSWER, FAILED, CALLED_OFF)
# Somebody had picked up, and took nothing; where we gave up before that, the call says so by and by.
_PICKED_UP = frozenset({CallStatus.DECLINED, CallStatus.ABANDONED, CallStatus.COMPLETED})
_NEVER_RANG = frozenset({CallStatus.FAILED, CallStatus.NOT_PLACED, CallStatus.REFUSED, CallStatus.WITHDRAWN})


@dataclass(frozen=True)
class Step:
    """One step of a transfer. `call_status` is how the call to its partner stands now; empty where it is gone."""

    transfer: str
    at: datetime
    what: str
    partner_id: str
    call_status: str


@dataclass(frozen=True)
class Asking:
    """One partner asked. `seconds` until the key was pressed; None where it was not. `missed` says why, in one word.

    Both are empty while the phone rings.
    """

    transfer: str
    partner_id: str
    seconds: float | None = None
    missed: str = ""


@dataclass(frozen=True)
class Counts:
    """Transfers begun, and partners asked for them: `asked` = `taken` + the sum of `missed`, but for who is asked now.

    `handed_over` counts transfers at whose end customer and partner talked on without the agent.
    """

    transfers: int = 0
    handed_over: int = 0
    asked: int = 0
    taken: int = 0
    missed: Mapping[str, int] = field(default_factory=dict)
    seconds_p50: int | None = None


@dataclass(frozen=True)
class CampaignWeek:
    """One campaign's transfers of one week, from its Monday."""

    monday: date
    campaign_id: str
    campaign: str
    counts: Counts


@dataclass(frozen=True)
class TransferFigures:
    """What the vendor sees of the last weeks: the newest week first, in it campaigns by name."""

    total: Counts
    weeks: tuple[CampaignWeek, ...]


def askings(steps: Iterable[Step]) -> list[Asking]:
    """Who was asked, and what came of it. The steps of a transfer come in their order; of several, one after another.

    What follows on a question ends it: the same step that asks the next partner says that this one did not take it.
    """
    found: list[Asking] = []
    asked: Step | None = None
    for step in steps:
        if asked is not None and step.transfer == asked.transfer:
            found.append(_ended_by(step, asked))
        elif asked is not None:
            found.append(Asking(asked.transfer, asked.partner_id))
        asked = step if step.what == TransferMove.ASK_NEXT else None
    return found if asked is None else [*found, Asking(asked.transfer, asked.partner_id)]


def _ended_by(step: Step, asked: Step) -> Asking:
    if step.what == TransferMove.ACCEPT:
        return Asking(asked.transfer, asked.partner_id, seconds=(step.at - asked.at).total_seconds())
    if step.what in {TransferMove.CANCEL, TransferMove.CUSTOMER_LEAVES}:
        return Asking(asked.transfer, asked.partner_id, missed=CALLED_OFF)
    return Asking(asked.transfer, asked.partner_id, missed=_why_missed(asked.call_status))


def _why_missed(call_status: str) -> str:
    if call_status in _PICKED_UP:
        return DECLINED
    return FAILED if call_status in _NEVER_RANG else NO_ANSWER


def count(transfers: int, handed_over: int, asked: Iterable[Asking]) -> Counts:
    """The counts of these questions."""
    asked = list(asked)
    seconds = [one.seconds for one in asked if one.seconds is not None]
    missed = Counter(one.missed for one in asked if one.missed)
    return Counts(
        transfers=transfers,
        handed_over=handed_over,
        asked=len(asked),
        taken=len(seconds),
        missed={reason: missed[reason] for reason in REASONS},
        seconds_p50=round(median(seconds)) if seconds else None,
    )


def view_transfers(session: Session, now: datetime) -> TransferFigures:
    """The vendor's figures, by campaign and week."""
    since = _since(now)
    begun = session.execute(
        select(LiveTransfer.call_id, LiveTransfer.campaign_id, LiveTransfer.began_at, LiveTransfer.handed_over_at)
        .where(LiveTransfer.began_at >= since)
        .order_by(LiveTransfer.began_at)
    ).all()
    asked_of = defaultdict(list)
    for one in askings(_steps(session, since)):
        asked_of[one.transfer].append(one)
    grouped = defaultdict(list)
    for row in begun:
        grouped[start_of_week(row.began_at).date(), row.campaign_id].append((row.call_id, row.handed_over_at))

    def counted(those: Iterable[tuple[str, datetime | None]]) -> Counts:
        those = list(those)
        asked = (one for call_id, _ in those for one in asked_of[call_id])
        return count(len(those), sum(handed_over is not None for _, handed_over in those), asked)

    names = _campaign_names(session, {campaign_id for _, campaign_id in grouped})
    weeks = [CampaignWeek(monday, id_, names.get(id_, id_), counted(rows)) for (monday, id_), rows in grouped.items()]
    weeks.sort(key=lambda week: (-week.monday.toordinal(), week.campaign, week.campaign_id))
    return TransferFigures(counted((row.call_id, row.handed_over_at) for row in begun), tuple(weeks))


def own_figures(session: Session, partner_id: str, now: datetime) -> tuple[OwnFigure, ...]:
    """How often a partner was asked on the phone and took the customer, beside the median of all who were asked."""
    asked, taken = Counter[str](), Counter[str]()
    for one in askings(_steps(session, _since(now))):
        asked[one.partner_id] += 1
        taken[one.partner_id] += one.seconds is not None
    figures = (("live_asked", asked), ("live_taken", taken))
    return tuple(OwnFigure(name, found[partner_id], anonymous_median([*found.values()])) for name, found in figures)


def _since(now: datetime) -> datetime:
    return start_of_week(start_of_week(now) - (WEEKS - 1) * _WEEK + timedelta(hours=12))


def _steps(session: Session, since: datetime) -> list[Step]:
    rows = session.execute(
        select(
            LiveTransferEvent.call_id,
            LiveTransferEvent.at,
            LiveTransferEvent.what,
            LiveTransferEvent.partner_id,
            func.coalesce(Call.status, ""),
        )
        .join(LiveTransfer, LiveTransfer.call_id == LiveTransferEvent.call_id)
        .outerjoin(Call, Call.id == LiveTransferEvent.partner_call_id)
        .where(LiveTransfer.began_at >= since)
        .order_by(LiveTransferEvent.call_id, LiveTransferEvent.id)
    )
    return [Step(*row) for row in rows]


def _campaign_names(session: Session, ids: set[str]) -> dict[str, str]:
    named = session.execute(select(Campaign.id, Campaign.name).where(Campaign.id.in_(ids)))
    return {campaign_id: name for campaign_id, name in named}  # noqa: C416 - rows are no pairs to mypy
