"""Counts of one week's offers: how often and how fast they were taken, by partner and together. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from leads.lead_states import OfferStatus

# A median of fewer would tell one partner about another.
ENOUGH_PARTNERS = 5
_TAKEN = frozenset({OfferStatus.ACCEPTED, OfferStatus.RECALLED})
_OVER = _TAKEN | {OfferStatus.DECLINED, OfferStatus.TIMED_OUT}


@dataclass(frozen=True)
class OfferRow:
    """What counts of an offer. `answered_at` is when it was accepted; None where it was not, or was recalled since."""

    lead_id: str
    partner_id: str
    number: int
    status: str
    offered_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class Counts:
    """Offers that are over, and how they went. Minutes are from offer to acceptance."""

    offers: int = 0
    accepted: int = 0
    declined: int = 0
    timed_out: int = 0
    first_offers: int = 0
    first_accepted: int = 0
    leads: int = 0
    minutes: tuple[int, ...] = ()

    @property
    def acceptance_milli(self) -> int | None:
        return _share(self.accepted, self.offers)

    @property
    def first_acceptance_milli(self) -> int | None:
        return _share(self.first_accepted, self.first_offers)

    @property
    def again_milli(self) -> int | None:
        """Offers beyond the first per lead, in thousandths."""
        return _share(self.offers - self.leads, self.leads)

    def minutes_of(self, part: float) -> int | None:
        """The minutes within which this part of the acceptances came, such as 0.5 or 0.9."""
        ordered = sorted(self.minutes)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else None


def count_offers(offers: Iterable[OfferRow]) -> Counts:
    """The counts of these offers; those that are live or were withdrawn by staff say nothing yet."""
    over = [one for one in offers if one.status in _OVER]
    first = [one for one in over if one.number == 1]
    waited = (one.answered_at - one.offered_at for one in over if one.answered_at is not None)
    return Counts(
        offers=len(over),
        accepted=sum(one.status in _TAKEN for one in over),
        declined=sum(one.status == OfferStatus.DECLINED for one in over),
        timed_out=sum(one.status == OfferStatus.TIMED_OUT for one in over),
        first_offers=len(first),
        first_accepted=sum(one.status in _TAKEN for one in first),
        leads=len({one.lead_id for one in over}),
        minutes=tuple(int(span.total_seconds() // 60) for span in waited),
    )


def by_partner(offers: Iterable[OfferRow]) -> dict[str, Counts]:
    """The counts of each partner."""
    sorted_out: dict[str, list[OfferRow]] = defaultdict(list)
    for one in offers:
        sorted_out[one.partner_id].append(one)
    return {partner_id: count_offers(those) for partner_id, those in sorted_out.items()}


def anonymous_median(values: Sequence[int | None]) -> int | None:
    """The middle of what is known; None below five partners, as it would tell of one of them."""
    known = [value for value in values if value is not None]
    return round(median(known)) if len(known) >= ENOUGH_PARTNERS else None


def _share(part: int, whole: int) -> int | None:
    return 1000 * part // whole if whole else None
