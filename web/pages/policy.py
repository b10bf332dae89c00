"""The routing policy: what is in force with its log, and the lab in which staff try a changed one first."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from accounts.users import list_users
from leads import policy_lab
from leads.figures import list_partners
from leads.policy import current_policy
from leads.policy_dials import BOUNDS, SCORING, points_of, turned
from leads.policy_lab import Asking
from leads.policy_tables import LabRun
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Reader = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER, Role.PARTNER))]
ADOPTED = N_("This policy decides from now on. Partners see the change in their log.")


class LabWish(BaseModel):
    """The dials as the form sends them."""

    leads: Annotated[int, Field(ge=1, le=policy_lab.MOST_LEADS)] = 500
    credit_points_a_week: int
    credit_weeks_at_most: int
    load_discount_milli: int
    # Whoever does not send these leaves them as they are.
    credit_band_milli: int | None = None
    credit_steepness_milli: int | None = None
    late_credit_milli: int | None = None
    ahead_points_a_week: int | None = None
    open_room_points: int | None = None
    max_offers: int
    solution: int
    region: int
    size: int
    response: int
    rating: int

    def dials(self) -> dict[str, int]:
        """What is turned directly."""
        return {name: value for name in BOUNDS if (value := getattr(self, name)) is not None}

    def points(self) -> dict[str, int]:
        """The most points of each rule."""
        return {name: getattr(self, name) for name in SCORING}


@router.get("/policy")
def show_policy(visit: Reader) -> Response:
    """What is in force, and how it came about."""
    with visit.parts.database.reading() as session:
        policy = current_policy(session, visit.parts.settings)
        return visit.page("policy.html", policy=policy, points=points_of(policy), **_log_values(visit, session))


@router.post("/policy/tasks/{change_id}/done")
def finish_task(visit: Staff, change_id: int) -> Response:
    """Note that a rule is mended; partners read since when."""
    with visit.parts.database.transaction() as session:
        policy_lab.finish_task(session, change_id, visit.person.user_id, visit.now)
        audit.record(session, visit.act("policy_task_done", str(change_id)), visit.now)
    with visit.parts.database.reading() as session:
        return visit.part("parts/policy_log.html", **_log_values(visit, session))


@router.get("/lab")
def show_lab(visit: Staff) -> Response:
    """The form, and the latest trials."""
    with visit.parts.database.reading() as session:
        policy = current_policy(session, visit.parts.settings)
        trials = policy_lab.list_trials(session)
    return visit.page("lab.html", policy=policy, points=points_of(policy), bounds=BOUNDS, trials=trials)


@router.post("/lab")
def try_policy(visit: Staff, form: Annotated[LabWish, Form()]) -> Response:
    """Try what the form says; the trial's page shows it when it is made."""
    with visit.parts.database.transaction() as session:
        policy = turned(current_policy(session, visit.parts.settings), form.dials(), form.points())
        asking = Asking(form.leads, visit.person.user_id, visit.now)
        run = policy_lab.ask_for_trial(visit.parts.runtime, session, policy, asking)
        audit.record(session, visit.act("policy_tried", run.id, {"policy": policy.mark}), visit.now)
    return visit.go_to(f"/lab/{run.id}")


@router.get("/lab/{lab_id}")
def show_trial(visit: Staff, lab_id: str) -> Response:
    """One trial: who gains and who loses, as a picture."""
    with visit.parts.database.reading() as session:
        return visit.page("trial.html", **_trial_values(visit, session, lab_id))


@router.get("/lab/{lab_id}/now")
def show_trial_changes(visit: Staff, lab_id: str) -> Response:
    """The same without the frame."""
    with visit.parts.database.reading() as session:
        return visit.part("parts/trial.html", **_trial_values(visit, session, lab_id))


@router.post("/lab/{lab_id}/adopt")
def adopt_policy(visit: Staff, lab_id: str, text: Annotated[str, Form(max_length=2000)]) -> Response:
    """Let it decide from now on."""
    with visit.parts.database.transaction() as session:
        asking = Asking(0, visit.person.user_id, visit.now)
        change = policy_lab.adopt(visit.parts.runtime, session, lab_id, text, asking)
        audit.record(session, visit.act("policy_adopted", lab_id, {"policy": change.mark}), visit.now)
    with visit.parts.database.reading() as session:
        return visit.part("parts/trial.html", message=visit.say(ADOPTED), **_trial_values(visit, session, lab_id))


def _log_values(visit: Visit, session: Session) -> dict[str, Any]:
    entries = policy_lab.read_log(session, visit.person.partner_id)
    # Who did it is for staff; partners read that it is done, and since when.
    is_staff = not visit.person.partner_id
    names = {user.id: user.name for user in list_users(session)} if is_staff else {}
    return {"entries": entries, "names": names}


def _trial_values(visit: Visit, session: Session, lab_id: str) -> dict[str, Any]:
    run = policy_lab.find_trial(session, lab_id)
    current = current_policy(session, visit.parts.settings)
    tried = policy_lab.policy_of_trial(run)
    return {
        "run": run,
        "result": run.result,
        "effects": _effects(session, run),
        "changes": _changes(current.to_json() | points_of(current), tried.to_json() | points_of(tried)),
        "is_current": tried.mark == current.mark,
    }


def _effects(session: Session, run: LabRun) -> list[dict[str, Any]]:
    """One line per partner or owner, whoever moves most first; `most` is the longest bar of all."""
    names = {partner.id: partner.name for partner in list_partners(session)}
    rows = [
        {"name": names.get(holder, holder.removeprefix("owner:")), "before": before, "after": after, "due": due / 1000}
        for holder, (before, after, due) in run.result.get("partners", {}).items()
    ]
    return sorted(rows, key=lambda row: (-abs(row["after"] - row["before"]), row["name"]))


def _changes(current: dict[str, Any], tried: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted(set(current) | set(tried))
    return [
        (name, current.get(name), tried.get(name))
        for name in names
        if name != "points" and current.get(name) != tried.get(name)
    ]
