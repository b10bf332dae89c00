"""What a customer's wish to be forgotten asks of partners that saw its data: tasks, answers, reminders.

Erasing what this house has is `dialer.erasure`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from foundation.ids import new_id
from foundation.runtime import Runtime
from leads.delivery import PRIVACY_REMINDER, PRIVACY_TASK, Notice, notify
from leads.disclosures import who_was_shown
from leads.news import ring_to_send
from leads.privacy_tables import PrivacyRequest, PrivacyTask
from leads.tables import Partner

# What partners have to do, from the day on which they are told.
TIME_TO_DO = timedelta(days=10)
# Reminders: at half of the time, when it is up, and five days later.
_REMINDERS = (timedelta(days=5), timedelta(days=10), timedelta(days=15))
_AT_ONCE = 100


class RequestKind(StrEnum):
    """What the customer asked for."""

    ERASURE = "erasure"
    WITHDRAWAL = "withdrawal"  # consent is taken back: no further use, and no further contact


class TaskAnswer(StrEnum):
    """What a partner says that it did."""

    DELETED = "deleted"
    KEPT_BY_LAW = "kept_by_law"  # such as an invoice that has to be kept
    NEVER_KEPT = "never_kept"


@dataclass(frozen=True)
class TaskRow:
    """A task with its partner's name."""

    task: PrivacyTask
    partner: str


def ask_partners(
    session: Session, kind: RequestKind, lead_ids: Sequence[str], actor: str, now: datetime
) -> tuple[PrivacyRequest, list[PrivacyTask]]:
    """Take a request down, with a task for each lead and each partner that saw it, and tell these."""
    request = PrivacyRequest(id=new_id("request"), kind=kind, asked_at=now, asked_by=actor, leads=len(lead_ids))
    session.add(request)
    session.flush()
    tasks = []
    for lead_id, partner_ids in who_was_shown(session, lead_ids).items():
        for partner_id in partner_ids:
            task = PrivacyTask(
                id=new_id("task"),
                request_id=request.id,
                partner_id=partner_id,
                lead_id=lead_id,
                kind=kind,
                made_at=now,
                due_at=now + TIME_TO_DO,
                reminders=0,
            )
            session.add(task)
            tasks.append(task)
            _tell(session, task, PRIVACY_TASK, now)
    session.flush()
    return request, tasks


@dataclass(frozen=True)
class Answer:
    """What a partner (`partner_id`) did, said by one of its people (`actor`)."""

    partner_id: str
    actor: str
    what: TaskAnswer


def answer_task(session: Session, task_id: str, answer: Answer, now: datetime) -> PrivacyTask:
    """A partner says what it did. The first answer stands.

    Raises:
        NotFound: there is no such task, or it is another partner's.
    """
    task = session.get(PrivacyTask, task_id, with_for_update=True, populate_existing=True)
    if task is None or not answer.partner_id or task.partner_id != answer.partner_id:
        raise NotFound("there is no such task")
    if task.done_at is None:
        task.done_at, task.done_by, task.answer = now, answer.actor, answer.what
        session.flush()
    return task


def list_own_tasks(session: Session, partner_id: str, limit: int = 200) -> Sequence[PrivacyTask]:
    """A partner's tasks: those that are not done first, the most urgent first."""
    mine = select(PrivacyTask).where(PrivacyTask.partner_id == partner_id)
    return session.scalars(
        mine.order_by(PrivacyTask.done_at.is_not(None), PrivacyTask.due_at, PrivacyTask.id).limit(limit)
    ).all()


def list_tasks(session: Session, *, open_only: bool = True, limit: int = 200) -> list[TaskRow]:
    """Tasks of all partners, the longest overdue first."""
    query = select(PrivacyTask, Partner.name).join(Partner, Partner.id == PrivacyTask.partner_id)
    if open_only:
        query = query.where(PrivacyTask.done_at.is_(None))
    ordered = query.order_by(PrivacyTask.done_at.is_not(None), PrivacyTask.due_at, PrivacyTask.id).limit(limit)
    return [TaskRow(task, name) for task, name in session.execute(ordered)]


def remind_of_tasks(runtime: Runtime, now: datetime) -> int:
    """Remind partners of tasks that are not done, each three times at most. How many were reminded."""
    with runtime.database.reading() as session:
        due = _to_be_reminded(session, now)
    if not due:
        return 0
    with runtime.database.transaction() as session:
        for task_id in due:
            task = session.get_one(PrivacyTask, task_id, with_for_update=True, populate_existing=True)
            if task.done_at is None and _is_due_for_reminder(task, now):
                task.reminders += 1
                _tell(session, task, PRIVACY_REMINDER, now, str(task.reminders))
        session.flush()
        ring_to_send(runtime, session)
    return len(due)


def _to_be_reminded(session: Session, now: datetime) -> list[str]:
    waiting = select(PrivacyTask).where(
        PrivacyTask.done_at.is_(None),
        PrivacyTask.reminders < len(_REMINDERS),
        PrivacyTask.due_at <= now + TIME_TO_DO - _REMINDERS[0],
    )
    rows = session.scalars(waiting.order_by(PrivacyTask.due_at).limit(_AT_ONCE))
    return [task.id for task in rows if _is_due_for_reminder(task, now)]


def _is_due_for_reminder(task: PrivacyTask, now: datetime) -> bool:
    return task.reminders < len(_REMINDERS) and task.made_at + _REMINDERS[task.reminders] <= now


def _tell(session: Session, task: PrivacyTask, kind: str, now: datetime, number: str = "") -> None:
    facts = {"task_id": task.id, "kind": str(task.kind), "due_at": task.due_at.isoformat()}
    notify(session, Notice(kind, f"{task.id}{number}", task.partner_id, task.lead_id, facts=facts), now)
