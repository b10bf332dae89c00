"""Milliseconds of one routing decision with 1,000 partners and a million past leads, on PostgreSQL.

Each decision is the router's own transaction: lock, gather, choose, keep, offer, commit. The baseline is the same with
three thousand past leads, taken by turns. Untimed in between: the next lead is opened, and the offer is accepted.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import bindparam, text

from benchmarks.figures import Figure, Goal, median, quantile
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad
from benchmarks.routing.world import draw_lead, draw_partners
from benchmarks.rows import settle
from cli.programs import settle_memory
from foundation.database import Database
from foundation.utc_datetime import UtcDateTime
from leads.facts import Policy
from leads.lead_book import LeadDraft, live_offer, open_lead
from leads.lead_states import LeadStatus
from leads.offers import Reply, accept
from leads.partners import save_partner
from leads.routing import route

PARTNERS = 1_000
FEW, MANY = 3_000, 1_000_000
QUICK_MANY = 100_000
WARM_UP = 20
_DIFFERENT_LEADS = 500
GOAL = Goal(20.0, is_upper=True)
# Two years of them, of which about a hundredth fall in the week that counts for capacity.
_PAST_LEADS = text(
    """
    INSERT INTO leads (id, call_id, contact_id, campaign_id, company, person, phone_number, email, language, postcode,
        canton, uid, existing_partner, wish, needs_receipt, answers, notes, receipt, status, status_since, opened_at,
        in_line_since, human_reason, partner_id, accepted_at, outcome, outcome_reason)
    SELECT 'lead_past_' || lpad(n::text, 9, '0'), 'past_' || n, '', '', 'Muster ' || n || ' AG', '',
        '+4144' || lpad(n::text, 7, '0'), '', 'de', '8001', 'ZH', '', '', '', FALSE, '{}', '', '', 'accepted',
        at, at, at, '', partner_id, at, '', ''
    FROM (
        SELECT n, CAST(:now AS timestamptz) - n * (interval '730 days' / :count) AS at,
            (SELECT array_agg(id ORDER BY id) FROM partners) AS ids
        FROM generate_series(1, :count) AS n
    ) AS spread, LATERAL (SELECT ids[1 + n % array_length(ids, 1)] AS partner_id) AS chosen
    """
).bindparams(bindparam("now", type_=UtcDateTime()))
_PAST_OFFERS = text(
    """
    INSERT INTO offers (id, lead_id, number, partner_id, basis, status, offered_at, expires_at, ended_at,
        decline_reason, decline_text, teaser)
    SELECT 'offer' || substr(id, 5), id, 1, partner_id, 'turn', 'accepted', opened_at, opened_at, opened_at,
        '', '', '{}'
    FROM leads
    """
)


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """One figure, where there is a PostgreSQL."""
    many, decisions = (QUICK_MANY, 100) if is_quick else (MANY, 400)
    if "postgres" not in grounds.kinds:
        return
    with grounds.fresh("postgres") as small, grounds.fresh("postgres") as large:
        yield _measure_on(_Router(small, FEW), _Router(large, many), decisions, many)


def _measure_on(few: "_Router", many: "_Router", decisions: int, count: int) -> Figure:
    for _ in range(WARM_UP):
        few.decide()
        many.decide()
    settle_memory()  # as every program does once it has loaded what it needs
    load = ForeignLoad()
    of_few, of_many = [], []
    for _ in range(decisions):
        of_few.append(few.decide())
        of_many.append(many.decide())
    foreign = load.cores()
    few.database.dispose()
    many.database.dispose()
    return Figure(
        benchmark="routing",
        what=f"99 of 100 decisions among {PARTNERS:,} partners after {count:,} leads",
        where="postgres",
        unit=" ms",
        runs=(quantile(of_many, 0.99),),
        samples=decisions,
        foreign_cores=foreign,
        baseline_runs=(quantile(of_few, 0.99),),
        baseline_is=f"after {FEW:,}",
        goal=GOAL,
        note=f"median {median(of_many):.1f} ms, baseline {median(of_few):.1f} ms; {many.offered} of "
        f"{many.decided} leads were offered",
    )


class _Router:
    """A database with partners and past leads, and the leads that come to it."""

    def __init__(self, ground: Ground, past: int) -> None:
        self.database = Database(ground.database_url)
        self.decided = self.offered = 0
        chance = random.Random(1)
        partners = draw_partners(chance, PARTNERS)
        coming = [draw_lead(chance, number, _DIFFERENT_LEADS) for number in range(_DIFFERENT_LEADS)]
        self._coming = cycle(coming)
        self._now = coming[0].at + timedelta(days=2)
        with self.database.transaction() as session:
            for one in partners:
                # Room enough for the whole measurement: a full house would be decided sooner.
                profile = replace(one.profile, weekly_capacity=one.profile.weekly_capacity + 50)
                save_partner(session, profile, "", self._now)
        with self.database.transaction() as session:
            # A million rows refer to what was written just before: checking each would take most of the time.
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(_PAST_LEADS, {"now": self._now, "count": past})
            session.execute(_PAST_OFFERS)
        settle(self.database)

    def decide(self) -> float:
        """Milliseconds of one decision."""
        lead_id = self._open()
        began_at = time.perf_counter()
        with self.database.transaction() as session:
            routed = route(session, lead_id, Policy(), self._now)
        spent = (time.perf_counter() - began_at) * 1000
        self.decided += 1
        if routed.status == LeadStatus.OFFERED:
            self.offered += 1
            self._accept(lead_id, self._now)
        return spent

    def _open(self) -> str:
        facts = next(self._coming).facts
        draft = LeadDraft(
            call_id=f"call_{self.decided}", contact_id="", campaign_id="", company=f"Muster {self.decided} AG",
            person="", phone_number=f"+4143{self.decided:07}", email="", language=facts.language,
            postcode=facts.postcode,
            canton=facts.canton, employees=facts.employees, uid="", existing_partner="",
            answers={"solution": facts.solution}, complexity=facts.complexity,
        )  # fmt: skip
        with self.database.transaction() as session:
            return open_lead(session, draft, self._now).id

    def _accept(self, lead_id: str, at: datetime) -> None:
        with self.database.transaction() as session:
            offer = live_offer(session, lead_id)
            assert offer is not None
            accept(session, offer.id, Reply(offer.partner_id, "benchmark", at))
