"""Reads how well and how fairly leads are routed: the yardstick's nights, and the offers of the last weeks.

Nothing scans all leads: nights are rows of their own, weeks are read by an index, and a week that is over is kept.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads.dispute_view import DisputeCounts, count_disputes
from leads.facts import PartnerFacts
from leads.lead_states import OfferStatus
from leads.offers import is_an_answer
from leads.partners import profile_of
from leads.tables import Offer, Partner, YardstickRun
from leads.week_figures import Counts, OfferRow, anonymous_median, by_partner, count_offers
from leads.worth import start_of_week

WEEKS = 8
_WEEK = timedelta(weeks=1)
# After so long, nothing of a week's offers changes any more, except that a lead is taken back.
_SETTLED_AFTER = timedelta(weeks=2)
# By engine and Monday: the offers of weeks that are over.
_KEPT: WeakKeyDictionary[Engine, dict[date, tuple[OfferRow, ...]]] = WeakKeyDictionary()
_KEPT_AT_MOST = 60


@dataclass(frozen=True)
class Week:
    """One week's offers, from its Monday."""

    monday: date
    counts: Counts


@dataclass(frozen=True)
class Fairness:
    """What the vendor sees. `nights` are the yardstick's, the oldest first; `last` is the newest, if any."""

    nights: tuple[YardstickRun, ...]
    weeks: tuple[Week, ...]
    total: Counts
    disputes: DisputeCounts
    shares: tuple[tuple[str, int, int], ...]  # name, received, entitled in thousandths

    @property
    def last(self) -> YardstickRun | None:
        return self.nights[-1] if self.nights else None


@dataclass(frozen=True)
class OwnFigure:
    """One figure of a partner's own beside the median of all; None: not known, or too few partners to say."""

    name: str
    own: int | None
    median: int | None


def view_fairness(session: Session, now: datetime) -> Fairness:
    """The vendor's figures."""
    weeks = _weeks(session, now)
    since = start_of_week(now) - (WEEKS - 1) * _WEEK
    nights = _nights(session)
    return Fairness(
        nights=nights,
        weeks=tuple(Week(monday, count_offers(rows)) for monday, rows in weeks),
        total=count_offers(row for _, rows in weeks for row in rows),
        disputes=count_disputes(session, since, now + _WEEK),
        shares=_shares(session, nights[-1].shares) if nights else (),
    )


def view_own(session: Session, partner_id: str, now: datetime) -> tuple[OwnFigure, ...]:
    """A partner's figures of the last weeks, each beside the median of all partners.

    Raises:
        NotFound: there is no such partner.
    """
    partner = session.get(Partner, partner_id) if partner_id else None
    if partner is None:
        raise NotFound("there is no such partner")
    counts = by_partner(row for _, rows in _weeks(session, now) for row in rows)
    mine = counts.get(partner_id, Counts())
    everybody = list(counts.values())
    last = session.scalar(select(YardstickRun).order_by(YardstickRun.day.desc()).limit(1))
    shares = {} if last is None else {name: _part(kept) for name, kept in last.shares.items()}
    holder = PartnerFacts(partner.id, partner.revision, profile_of(partner)).holder
    rows = (
        ("acceptance", mine.acceptance_milli, [one.acceptance_milli for one in everybody]),
        ("first_acceptance", mine.first_acceptance_milli, [one.first_acceptance_milli for one in everybody]),
        ("minutes_p50", mine.minutes_of(0.5), [one.minutes_of(0.5) for one in everybody]),
        ("minutes_p90", mine.minutes_of(0.9), [one.minutes_of(0.9) for one in everybody]),
        ("received_of_entitled", shares.get(holder), list(shares.values())),
    )
    return tuple(OwnFigure(name, own, anonymous_median(values)) for name, own, values in rows)


def _weeks(session: Session, now: datetime) -> list[tuple[date, tuple[OfferRow, ...]]]:
    this_week = start_of_week(now)
    found = []
    for back in range(WEEKS - 1, -1, -1):
        monday = start_of_week(this_week - back * _WEEK + timedelta(hours=12))
        found.append((monday.date(), _offers_of(session, monday, now)))
    return found


def _offers_of(session: Session, monday: datetime, now: datetime) -> tuple[OfferRow, ...]:
    kept = _KEPT.setdefault(session.get_bind().engine, {})
    if monday.date() in kept:
        return kept[monday.date()]
    rows = session.execute(
        select(Offer.lead_id, Offer.partner_id, Offer.number, Offer.status, Offer.offered_at, Offer.ended_at).where(
            Offer.offered_at >= monday, Offer.offered_at < monday + _WEEK, is_an_answer()
        )
    )
    read = tuple(
        OfferRow(lead_id, partner_id, number, status, at, ended if status == OfferStatus.ACCEPTED else None)
        for lead_id, partner_id, number, status, at, ended in rows
    )
    if monday + _WEEK + _SETTLED_AFTER < now:
        if len(kept) >= _KEPT_AT_MOST:
            kept.clear()
        kept[monday.date()] = read
    return read


def _nights(session: Session, limit: int = 26) -> tuple[YardstickRun, ...]:
    newest_first = select(YardstickRun).where(YardstickRun.leads > 0).order_by(YardstickRun.day.desc()).limit(limit)
    return tuple(reversed(session.scalars(newest_first).all()))


def _shares(session: Session, kept: dict[str, Any]) -> tuple[tuple[str, int, int], ...]:
    names = dict(session.execute(select(Partner.id, Partner.name)).all())
    rows = [
        (names.get(holder, holder.removeprefix("owner:")), received, due) for holder, (received, due) in kept.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row[1] / max(1, row[2]), row[0])))


def _part(kept: list[int]) -> int | None:
    received, due = kept
    return 1_000_000 * received // due if due else None
