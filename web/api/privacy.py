"""Data protection in the API: a partner's tasks; for staff, customers' wishes, the disclosure log, what is due."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from accounts import audit
from dialer import erasure, retention
from dialer.erasure import Forgotten
from leads import privacy
from leads.disclosures import list_shown
from leads.privacy import Answer, TaskAnswer
from leads.privacy_tables import PrivacyTask
from web.caller import AdminCaller, Caller, Paged, PageWanted, PartnerCaller, StaffCaller, paged
from web.csv_answers import CsvFile, download
from web.privacy_view import asked_for, disclosures_csv
from web.wishes import read_number

router = APIRouter(tags=["privacy"])

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}


class TaskOut(BaseModel):
    """What a partner has to do about a lead, and whether it has said that it did."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    lead_id: str
    partner_id: str
    made_at: datetime
    due_at: datetime
    done_at: datetime | None
    answer: str


class AnswerIn(BaseModel):
    """What the partner did."""

    model_config = ConfigDict(extra="forbid")

    answer: TaskAnswer


class CustomerIn(BaseModel):
    """The customer, by its number."""

    model_config = ConfigDict(extra="forbid")

    phone_number: str = Field(max_length=40)


class ForgottenOut(BaseModel):
    """What a request came to: contacts and leads of this house, and tasks for partners."""

    model_config = ConfigDict(from_attributes=True)

    request_id: str
    contacts: int
    leads: int
    tasks: int


class ShownOut(BaseModel):
    """A contact was shown to a person of a partner."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    way: str
    lead_id: str
    company: str
    partner_id: str
    partner: str
    user_id: str


@router.get("/privacy-tasks")
def list_own_tasks(caller: PartnerCaller) -> list[TaskOut]:
    """Own tasks: those that are not done first, the most urgent first."""
    with caller.parts.database.reading() as session:
        tasks = privacy.list_own_tasks(session, caller.person.partner_id)
    return [TaskOut.model_validate(task) for task in tasks]


@router.post("/privacy-tasks/{task_id}/answer")
def answer_task(caller: PartnerCaller, task_id: str, body: AnswerIn) -> TaskOut:
    """Say what was done. The first answer stands."""
    said = Answer(caller.person.partner_id, caller.person.user_id, body.answer)
    with caller.parts.database.transaction() as session:
        task: PrivacyTask = privacy.answer_task(session, task_id, said, caller.now)
        audit.record(session, caller.act("privacy_task_answered", task_id, answer=body.answer.value), caller.now)
        return TaskOut.model_validate(task)


@router.get("/privacy/tasks")
def list_tasks(caller: StaffCaller, *, done_too: bool = False) -> list[TaskOut]:
    """Partners' tasks, the longest overdue first."""
    with caller.parts.database.reading() as session:
        rows = privacy.list_tasks(session, open_only=not done_too)
    return [TaskOut.model_validate(row.task) for row in rows]


@router.post("/privacy/erasures")
def erase_customer(caller: AdminCaller, body: CustomerIn) -> ForgottenOut:
    """Forget a customer, block its number by a keyed hash, and ask partners that saw it to delete it."""
    done = erasure.erase_customer(caller.parts, read_number(body.phone_number), caller.person.user_id, caller.now)
    return _done(caller, "customer_erased", done)


@router.post("/privacy/withdrawals")
def withdraw_consent(caller: StaffCaller, body: CustomerIn) -> ForgottenOut:
    """Use a customer's data no more: no calls, no offers, and partners are told to stop."""
    done = erasure.withdraw_consent(caller.parts, read_number(body.phone_number), caller.person.user_id, caller.now)
    return _done(caller, "consent_withdrawn", done)


@router.get("/privacy/disclosures")
def list_disclosures(caller: StaffCaller, paging: PageWanted, wanted: str = "") -> Paged[ShownOut]:
    """Who was shown whose contact, the newest first; `wanted`: a lead's id, a phone number or a company."""
    with caller.parts.database.reading() as session:
        rows = list_shown(session, asked_for(wanted), paging.cursor, paging.limit + 1)
    return paged(rows, paging, ShownOut.model_validate, lambda row: str(row.id))


@router.get("/privacy/disclosures.csv", response_class=CsvFile, responses=_CSV)
def export_disclosures(caller: StaffCaller, wanted: str = "") -> CsvFile:
    """The disclosure log as a file."""
    with caller.parts.database.transaction() as session:
        audit.record(session, caller.act("disclosures_exported", "disclosures"), caller.now)
    return download(disclosures_csv(caller.parts.database, wanted), "disclosures")


@router.get("/privacy/retention")
def count_due(caller: StaffCaller) -> dict[str, int]:
    """How much of each kind has been kept long enough, and goes tonight."""
    with caller.parts.database.reading() as session:
        return retention.count_due(session, caller.parts.runtime, caller.now)


def _done(caller: Caller, action: str, done: Forgotten) -> ForgottenOut:
    with caller.parts.database.transaction() as session:
        act = caller.act(action, done.request_id, leads=done.leads, tasks=done.tasks)
        audit.record(session, act, caller.now)
    return ForgottenOut.model_validate(done)
