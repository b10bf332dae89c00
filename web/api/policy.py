"""The routing policy in the API: what is in force, its log, and the lab in which a changed one is tried first."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from accounts.tables import Role
from leads import policy_lab
from leads.policy import current_policy
from leads.policy_dials import points_of, turned
from leads.policy_tables import LabRun
from web.caller import ApiGate, Caller, StaffCaller

router = APIRouter(tags=["policy"])

Reader = Annotated[Caller, Depends(ApiGate(Role.ADMIN, Role.MANAGER, Role.PARTNER))]


class PolicyOut(BaseModel):
    """The policy in force: its dials, and the most points that each rule gives."""

    mark: str
    dials: dict[str, Any]
    points: dict[str, int]


class LogEntryOut(BaseModel):
    """A line of the policy's log. `own`: your leads before and after, as the lab found them.

    A task has `done_at` once it is done; `done_by`, a user, is for staff.
    """

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    what: str
    text: str
    mark: str
    measures: dict[str, dict[str, int]]
    leads: int
    id: int
    done_at: datetime | None
    done_by: str
    own: tuple[int, int] | None


class TrialIn(BaseModel):
    """What to change, and over how many of the last leads to try it. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    leads: int = Field(500, ge=1, le=policy_lab.MOST_LEADS)
    dials: dict[str, int] = Field(default_factory=dict)
    points: dict[str, int] = Field(default_factory=dict)


class TrialOut(BaseModel):
    """A trial. `result` is empty until it is made; of `partners` it has leads before, after, and due in thousandths."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    asked_at: datetime
    made_at: datetime | None
    leads: int
    dials: dict[str, Any]
    result: dict[str, Any]


class AdoptIn(BaseModel):
    """What partners are told of the change."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=2000)


@router.get("/policy")
def get_policy(caller: Reader) -> PolicyOut:
    """The policy that decides now."""
    with caller.parts.database.reading() as session:
        policy = current_policy(session, caller.parts.settings)
    return PolicyOut(mark=policy.mark, dials=policy.to_json(), points=points_of(policy))


@router.get("/policy/log")
def get_policy_log(caller: Reader) -> list[LogEntryOut]:
    """What changed when, the newest first."""
    with caller.parts.database.reading() as session:
        entries = policy_lab.read_log(session, caller.person.partner_id)
    is_partner = bool(caller.person.partner_id)
    shown = [replace(entry, done_by="") if is_partner else entry for entry in entries]
    return [LogEntryOut.model_validate(entry) for entry in shown]


@router.post("/policy/tasks/{change_id}/done")
def finish_policy_task(caller: StaffCaller, change_id: int) -> LogEntryOut:
    """Note that a rule is mended, as a dispute asked for."""
    with caller.parts.database.transaction() as session:
        policy_lab.finish_task(session, change_id, caller.person.user_id, caller.now)
        audit.record(session, caller.act("policy_task_done", str(change_id)), caller.now)
        entry = policy_lab.read_entry(session, change_id)
    return LogEntryOut.model_validate(entry)


@router.post("/policy/trials", status_code=202)
def ask_for_trial(caller: StaffCaller, body: TrialIn) -> TrialOut:
    """Try a changed policy over past leads; ask for it again in some seconds."""
    with caller.parts.database.transaction() as session:
        policy = turned(current_policy(session, caller.parts.settings), body.dials, body.points)
        run = policy_lab.ask_for_trial(
            caller.parts.runtime, session, policy, policy_lab.Asking(body.leads, caller.person.user_id, caller.now)
        )
        audit.record(session, caller.act("policy_tried", run.id, policy=policy.mark), caller.now)
    return TrialOut.model_validate(run)


@router.get("/policy/trials/{lab_id}")
def get_trial(caller: StaffCaller, lab_id: str) -> TrialOut:
    """One trial."""
    with caller.parts.database.reading() as session:
        run: LabRun = policy_lab.find_trial(session, lab_id)
    return TrialOut.model_validate(run)


@router.post("/policy/trials/{lab_id}/adopt")
def adopt_policy(caller: StaffCaller, lab_id: str, body: AdoptIn) -> PolicyOut:
    """Let the tried policy decide from now on."""
    asking = policy_lab.Asking(0, caller.person.user_id, caller.now)
    with caller.parts.database.transaction() as session:
        change = policy_lab.adopt(caller.parts.runtime, session, lab_id, body.text, asking)
        audit.record(session, caller.act("policy_adopted", lab_id, policy=change.mark), caller.now)
    return get_policy(caller)
