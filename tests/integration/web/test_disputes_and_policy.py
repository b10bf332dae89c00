"""A dispute from the page of a decision to its precedent, and a policy from the lab into force, as people click."""

from sqlalchemy import select

from accounts.tables import AuditEntry, Role
from leads.dispute_tables import Dispute
from leads.jobs import route_one
from leads.policy_dials import SCORING
from leads.policy_lab import make_trial
from leads.policy_tables import TASK, LabRun, PolicyChange
from tests.integration.web.test_decisions import lead_elsewhere
from tests.web_bench import Bench


def audited(bench: Bench) -> list[str]:
    with bench.parts.database.reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))


def test_partner_disputes_a_decision_and_somebody_else_decides(bench: Bench) -> None:
    lead_id = lead_elsewhere(bench)
    partner, manager = bench.browser(Role.PARTNER), bench.browser(Role.MANAGER)
    assert "File the dispute" in partner.get(f"/decisions/{lead_id}").text
    words = {"lead_id": lead_id, "kind": "relation_ignored", "text": "Ours since 2019."}
    filed = partner.post("/disputes", data=words, headers={"hx-request": "true"})
    address = filed.headers["hx-redirect"]
    assert "Ours since 2019." in partner.get(address).text
    assert "You have disputed this decision" in partner.get(f"/decisions/{lead_id}").text
    dispute_id = address.rpartition("/")[2]
    assert "Musterpartner Eins" in manager.get("/reviews").text
    assert manager.post(f"/reviews/{dispute_id}/take-up").status_code == 200
    ruling = {"outcome": "reassigned", "reasoning": "You are right.", "precedent": "Contracts count from their day."}
    assert manager.post(f"/reviews/{dispute_id}/decide", data=ruling).status_code == 200
    assert "You are right." in partner.get(address).text
    assert "Contracts count from their day." in partner.get("/precedents").text
    offers = bench.program(Role.PARTNER).get("/offers").json()["items"]
    assert (offers[0]["lead_id"], offers[0]["basis"], offers[0]["status"]) == (lead_id, "by_hand", "live")
    assert audited(bench)[-3:] == ["dispute_filed", "dispute_taken_up", "dispute_decided"]


def test_manager_who_withdrew_the_offer_is_told_that_somebody_else_reviews(small_bench: Bench) -> None:
    lead_id = lead_elsewhere(small_bench)
    program = small_bench.program(Role.MANAGER)
    assert program.post(f"/leads/{lead_id}/withdraw").status_code == 200
    body = {"lead_id": lead_id, "kind": "other", "text": "Why?"}
    dispute_id = small_bench.program(Role.PARTNER).post("/disputes", json=body).json()["id"]
    assert "somebody else has to review it" in small_bench.browser(Role.MANAGER).get(f"/reviews/{dispute_id}").text
    assert program.post(f"/reviews/{dispute_id}/take-up").status_code == 403
    assert small_bench.program(Role.ADMIN).post(f"/reviews/{dispute_id}/take-up").status_code == 200


def test_policy_is_tried_and_adopted_and_partners_read_what_it_does_to_them(small_bench: Bench) -> None:
    manager, program = small_bench.browser(Role.MANAGER), small_bench.program(Role.MANAGER)
    form = SCORING | {"solution": 300, "region": 250, "leads": 50}
    form |= {"credit_points_a_week": 60, "credit_weeks_at_most": 8, "load_discount_milli": 50, "max_offers": 3}
    wrong = manager.post("/lab", data=form | {"region": 200}, headers={"hx-request": "true"})
    assert wrong.status_code == 422
    address = manager.post("/lab", data=form, headers={"hx-request": "true"}).headers["hx-redirect"]
    lab_id = address.rpartition("/")[2]
    assert "Being made" in manager.get(address).text
    make_trial(small_bench.parts.runtime, lab_id, small_bench.now())
    assert "Who gains and who loses" in manager.get(address).text
    assert manager.post(f"{address}/adopt", data={"text": "Nearness counts more."}).status_code == 200
    assert program.get("/policy").json()["points"]["region"] == 250
    assert "Nearness counts more." in small_bench.browser(Role.PARTNER).get("/policy").text
    own = small_bench.program(Role.PARTNER).get("/policy/log").json()[0]["own"]
    assert own is not None
    again = program.post(f"/policy/trials/{lab_id}/adopt", json={"text": "Again."})
    assert again.status_code == 409
    with small_bench.parts.database.reading() as session:
        assert session.scalar(select(LabRun.id).where(LabRun.id == lab_id)) == lab_id


def test_task_after_a_dispute_is_done_once_and_partners_do_not_read_by_whom(small_bench: Bench) -> None:
    with small_bench.parts.database.transaction() as session:
        task = PolicyChange(at=small_bench.now(), actor="user_1", what=TASK, text="Count seats.")
        session.add(task)
        session.flush()
        task_id = task.id
    manager, partner = small_bench.browser(Role.MANAGER), small_bench.browser(Role.PARTNER)
    assert "It is done" in manager.get("/policy").text
    assert "It is done" not in partner.get("/policy").text
    assert partner.post(f"/policy/tasks/{task_id}/done").status_code in (403, 404)
    assert small_bench.program(Role.PARTNER).post(f"/policy/tasks/{task_id}/done").status_code in (403, 404)
    assert "Done" in manager.post(f"/policy/tasks/{task_id}/done").text
    assert small_bench.program(Role.MANAGER).post(f"/policy/tasks/{task_id}/done").status_code == 409
    by_staff, by_partner = (
        small_bench.program(role).get("/policy/log").json()[0] for role in (Role.MANAGER, Role.PARTNER)
    )
    assert by_staff["done_by"]
    assert (by_partner["done_by"], by_partner["done_at"]) == ("", by_staff["done_at"])
    assert audited(small_bench)[-1] == "policy_task_done"


def test_frozen_lead_is_not_routed_by_the_job(small_bench: Bench) -> None:
    with small_bench.parts.database.reading() as session:
        lead_id = session.scalars(select(Dispute.lead_id)).one()
    small_bench.program(Role.MANAGER).post(f"/leads/{lead_id}/withdraw")
    assert not route_one(small_bench.parts.runtime, lead_id, small_bench.now()).changed
