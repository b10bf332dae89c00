"""A partner's tasks of data protection: whose data to delete or to use no more, and saying that it is done."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit
from accounts.tables import Role
from foundation.errors import Invalid
from leads import privacy
from leads.privacy import Answer, TaskAnswer
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Own = Annotated[Visit, Depends(PageGate(Role.PARTNER))]
THANKS = N_("Thank you. Your answer is recorded.")


def read_task_answer(text: str) -> TaskAnswer:
    """What a partner did. Raises Invalid for anything else."""
    try:
        return TaskAnswer(text)
    except ValueError as error:
        raise Invalid("Choose what you did.") from error


@router.get("/data-protection")
def show_tasks(visit: Own) -> Response:
    """Own tasks."""
    with visit.parts.database.reading() as session:
        tasks = privacy.list_own_tasks(session, visit.person.partner_id)
    return visit.page("own_privacy.html", tasks=tasks, answers=list(TaskAnswer))


@router.post("/data-protection/{task_id}")
def answer_task(visit: Own, task_id: str, answer: Annotated[str, Form(max_length=20)]) -> Response:
    """Say what was done."""
    said = Answer(visit.person.partner_id, visit.person.user_id, read_task_answer(answer))
    with visit.parts.database.transaction() as session:
        privacy.answer_task(session, task_id, said, visit.now)
        audit.record(session, visit.act("privacy_task_answered", task_id, {"answer": answer}), visit.now)
        tasks = privacy.list_own_tasks(session, visit.person.partner_id)
        return visit.part("parts/privacy_tasks.html", message=visit.say(THANKS), tasks=tasks, answers=list(TaskAnswer))
