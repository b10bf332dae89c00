"""Trials of policies: made by a worker, adopted with their effects, and from then on what decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import Conflict, Invalid
from foundation.runtime import Runtime
from leads import policy_lab
from leads.facts import Policy
from leads.jobs import route_one
from leads.policy import current_policy, policy_of
from leads.policy_dials import SCORING, turned
from leads.policy_lab import Asking
from leads.policy_tables import LabRun
from leads.replay import replays_identically
from leads.sweep import sweep_leads
from leads.tables import RoutingRound
from tests.integration.leads.lead_rows import NOW, add_lead, add_partner, decline_live, route_now, runtime_for

ASKING = Asking(50, "user_manager", NOW)


@pytest.fixture
def runtime(database: Database, redis: Redis) -> Runtime:
    return runtime_for(database, redis)


def asked(runtime: Runtime, policy: Policy) -> str:
    with runtime.database.transaction() as session:
        return policy_lab.ask_for_trial(runtime, session, policy, ASKING).id


def near_counts(runtime: Runtime) -> Policy:
    return turned(policy_of(runtime.settings), {"max_offers": 2}, SCORING | {"solution": 50, "region": 500})


def test_adopted_policy_decides_and_every_decision_still_replays(runtime: Runtime) -> None:
    database = runtime.database
    near = add_partner(database, "Near", home_postcode="8005", levels=(1,))
    able = add_partner(database, "Able", home_postcode="8400", levels=(3,))
    assert route_now(database, add_lead(database)).partner_id == able
    lab_id = asked(runtime, near_counts(runtime))
    with database.transaction() as session, pytest.raises(Conflict, match="not made"):
        policy_lab.adopt(runtime, session, lab_id, "Nearness counts more.", ASKING)
    policy_lab.make_trial(runtime, lab_id, NOW)
    with database.transaction() as session, pytest.raises(Invalid):
        policy_lab.adopt(runtime, session, lab_id, " ", ASKING)
    with database.transaction() as session:
        policy_lab.adopt(runtime, session, lab_id, "Nearness counts more.", ASKING)
    with database.reading() as session:
        current = current_policy(session, runtime.settings)
    assert (current.max_offers, dict(current.points)["region"]) == (2, 500)
    assert route_one(runtime, add_lead(database, 2), NOW + timedelta(minutes=1)).partner_id == near
    with database.reading() as session:
        marks = set(session.scalars(select(RoutingRound.policy_mark)))
        rounds = session.execute(select(RoutingRound.lead_id, RoutingRound.number)).all()
        assert all(replays_identically(session, lead_id, number) for lead_id, number in rounds)
    assert current.mark in marks
    assert len(marks) == 2


def test_each_partner_reads_its_own_effect_and_nobody_elses(runtime: Runtime) -> None:
    database = runtime.database
    near = add_partner(database, "Near", home_postcode="8005", levels=(1,))
    able = add_partner(database, "Able", home_postcode="8400", levels=(3,))
    route_now(database, add_lead(database))
    lab_id = asked(runtime, near_counts(runtime))
    policy_lab.make_trial(runtime, lab_id, NOW)
    with database.transaction() as session:
        policy_lab.adopt(runtime, session, lab_id, "Nearness counts more.", ASKING)
    with database.reading() as session:
        (of_near,), (of_able,), (of_staff,) = (policy_lab.read_log(session, one) for one in (near, able, ""))
    assert (of_near.own, of_able.own, of_staff.own) == ((0, 1), (1, 0), None)
    for secret in (near, able):
        assert secret not in repr(of_near)
    assert of_near.measures["after"]["routed"] == 1


def test_policy_in_force_is_not_adopted_again(runtime: Runtime) -> None:
    lab_id = asked(runtime, policy_of(runtime.settings))
    policy_lab.make_trial(runtime, lab_id, NOW)
    with runtime.database.transaction() as session, pytest.raises(Conflict, match="in force"):
        policy_lab.adopt(runtime, session, lab_id, "Nothing.", ASKING)


def test_trial_whose_bell_was_missed_is_made_by_the_sweep(runtime: Runtime) -> None:
    lab_id = asked(runtime, near_counts(runtime))
    assert sweep_leads(runtime, NOW + timedelta(minutes=1)) == 0
    assert sweep_leads(runtime, NOW + timedelta(minutes=3)) == 1
    with runtime.database.reading() as session:
        run = session.get_one(LabRun, lab_id)
    assert run.made_at is not None
    assert run.result["leads"] == 0


def test_trial_over_no_leads_or_too_many_is_refused(runtime: Runtime) -> None:
    for leads in (0, 3001):
        with runtime.database.transaction() as session, pytest.raises(Invalid):
            policy_lab.ask_for_trial(runtime, session, Policy(), replace(ASKING, leads=leads))


def test_trial_goes_on_from_a_partner_who_declined_the_lead_in_fact(runtime: Runtime) -> None:
    database = runtime.database
    near = add_partner(database, "Near", home_postcode="8005", levels=(1,))
    able = add_partner(database, "Able", home_postcode="8400", levels=(3,))
    lead_id = add_lead(database)
    assert route_now(database, lead_id).partner_id == able
    with database.reading() as session:
        before = policy_lab.trial_of(session, policy_of(runtime.settings), 10)
    assert decline_live(database, lead_id) == able
    with database.reading() as session:
        after = policy_lab.trial_of(session, policy_of(runtime.settings), 10)
    assert (before.followed, {one.holder: one.after for one in before.effects}) == ((0, 0), {able: 1, near: 0})
    assert (after.followed, {one.holder: one.after for one in after.effects}) == ((1, 1), {able: 0, near: 1})
