"""Milliseconds of picking the next 100 contacts with all rules on, with few and with a million who wait.

All rules: own callbacks, two lists mixed by shares, priority, new ones first, likely answers, two columns. The
transaction's commit is in it. The gate, whose cost does not know how many wait, is measured beside it for the same
hundred.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, case, update
from sqlalchemy.orm import Session

from benchmarks.figures import Figure, Goal, median, quantile
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad
from benchmarks.rows import CAMPAIGN_ID, LANGUAGES, add_campaign, add_contacts, settle
from benchmarks.settings import Stage
from campaigns import contact_queue
from campaigns.contact_queue import CalledContact
from campaigns.line_order import LineOrder, SortColumn
from campaigns.line_queries import Terms
from campaigns.tables import Campaign, Contact, ContactList
from cli.programs import settle_memory
from dialer import gate_check
from dialer.wiring import Parts, build_parts

PICKED = 100
FEW, MANY = 3_000, 1_000_000
QUICK_MANY = 200_000
WARM_UP = 10
OTHER_LIST = "list_bench_2"
TERMS = Terms(
    owners=frozenset(f"agent_{number:05}" for number in range(15)),
    shares={"list_bench": 70, OTHER_LIST: 30},
    sizes=dict.fromkeys(LANGUAGES, ("medium", "unknown", "small", "large")),
    group_length=2,
)
GOAL = Goal(20.0, is_upper=True)
RATIO_GOAL = Goal(1.5, is_upper=True, of_ratio=True)


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """Two figures for each kind of database: p99 of the pick, and its median against that over few."""
    many, picks = (QUICK_MANY, 40) if is_quick else (MANY, 200)
    for kind in grounds.kinds:
        with grounds.fresh(kind) as small, grounds.fresh(kind) as large:
            yield from _measure_on(_fill(small, FEW), _fill(large, many), picks, many)


def _measure_on(few: Parts, many: Parts, picks: int, count: int) -> Iterator[Figure]:
    for _ in range(WARM_UP):
        _timed_pick(few)
        _timed_pick(many)
    settle_memory()  # as each program does when it is ready
    load = ForeignLoad()
    of_few, of_many = [], []
    for _ in range(picks):
        of_few.append(_timed_pick(few))
        of_many.append(_timed_pick(many))
    foreign = load.cores()
    kind = "sqlite" if few.database.is_sqlite else "postgres"
    few.database.dispose()
    many.database.dispose()
    picked, own, gated = (list(column) for column in zip(*of_many, strict=True))
    picked_of_few = [spent for spent, _, _ in of_few]
    note = (
        f"median {median(picked):.1f} ms; of it our own processor time: median {median(own):.1f}, "
        f"p99 {quantile(own, 0.99):.1f} ms; the gate for the same {PICKED}: median {median(gated):.1f} ms"
    )
    yield Figure(
        benchmark="picking",
        what=f"p99 of picking {PICKED} of {count:,} who wait, all rules on",
        where=kind,
        unit=" ms",
        runs=(quantile(picked, 0.99),),
        samples=picks,
        foreign_cores=foreign,
        goal=GOAL if kind == "postgres" else None,
        note=note,
    )
    yield Figure(
        benchmark="picking",
        what=f"picking {PICKED} of {count:,} who wait, all rules on",
        where=kind,
        unit=" ms",
        runs=tuple(picked),
        samples=picks,
        foreign_cores=foreign,
        baseline_runs=tuple(picked_of_few),
        baseline_is=f"of {FEW:,}",
        goal=RATIO_GOAL,
    )


def _fill(ground: Ground, contacts: int) -> Parts:
    parts = build_parts(Stage(ground, time.time()).settings())
    now = parts.clock.now()
    with parts.database.transaction() as session:
        add_campaign(session, now)
    add_contacts(parts.database, contacts, now)
    with parts.database.transaction() as session:
        _set_rules(session, now)
    settle(parts.database)
    return parts


def _set_rules(session: Session, now: datetime) -> None:
    """Two lists, an order by columns, and some callbacks that are one agent's own."""
    order = LineOrder((SortColumn("employees", descending=True), SortColumn("company")), new_first=True)
    session.get_one(Campaign, CAMPAIGN_ID).line_order = order.as_record()
    first = session.get_one(ContactList, "list_bench")
    copied = {name: getattr(first, name) for name in ("campaign_id", "file_name", "encoding", "delimiter")}
    session.add(ContactList(id=OTHER_LIST, content_hash="2", imported_at=now, **copied))
    session.flush()
    half = update(cast(Table, Contact.__table__)).where(Contact.row_number % 2 == 0).values(list_id=OTHER_LIST)
    session.execute(half)
    # Too few of the size that comes first for a pick, so that each looks at two.
    session.execute(update(cast(Table, Contact.__table__)).values(employees=case((Contact.row_number % 40 == 0, 20))))
    waiting = contact_queue.reserve_next(session, CAMPAIGN_ID, "de", 20, now)
    for number, contact in enumerate(waiting):
        contact_queue.promise_callback(
            session,
            contact.id,
            at=now + timedelta(days=1, minutes=number),
            agent_id=f"agent_{number:05}",
            now=now,
            call_id=f"call_promise_{number}",
        )


def _timed_pick(parts: Parts) -> tuple[float, float, float]:
    """Milliseconds of one pick with its commit, of our own processor time in it, and of the gate for the same ones."""
    now = parts.clock.now()
    began_at, worked_at = time.perf_counter(), time.thread_time()
    with parts.database.transaction(relaxed=True) as session:
        contacts = contact_queue.reserve_next(session, CAMPAIGN_ID, "de", PICKED, now, TERMS)
    spent, own = (time.perf_counter() - began_at) * 1000, (time.thread_time() - worked_at) * 1000
    if len(contacts) != PICKED:
        raise RuntimeError(f"{len(contacts)} contacts were picked")
    gated = _ask_gate(parts, contacts, now)
    _put_back(parts, [contact.id for contact in contacts], now)
    return spent, own, gated


def _ask_gate(parts: Parts, contacts: Sequence[CalledContact], now: datetime) -> float:
    with parts.database.reading() as session:
        campaign = session.get_one(Campaign, CAMPAIGN_ID)
        began_at = time.perf_counter()
        gate_check.ask_all(parts, session, contacts, [campaign.caller_number] * len(contacts), now)
        return (time.perf_counter() - began_at) * 1000


def _put_back(parts: Parts, contact_ids: Sequence[str], now: datetime) -> None:
    with parts.database.transaction(relaxed=True) as session:
        for contact_id in contact_ids:
            contact_queue.give_back(session, contact_id, not_before=now, why="withdrawn", now=now, attempted=False)
