"""A campaign's qualification form: look at it, change a question, bring another form, take it away as a file."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns.tables import Campaign
from foundation.errors import Invalid
from leads import form_book, form_changes
from leads.form_book import FormChange, FormInUse
from leads.forms import FIXED, KINDS, read_form
from leads.forms import Form as Questions
from web.pages.campaigns import find_campaign
from web.question_form import QuestionForm, written_steps
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
Text = Annotated[str, Form(max_length=60)]
SAVED = N_("Saved. From the next call on, agents ask by this form.")
LARGEST_FILE = 500_000


@router.get("/campaigns/{campaign_id}/form")
def show_form(visit: Staff, campaign_id: str) -> Response:
    """The form that the campaign's agents ask by."""
    with visit.parts.database.reading() as session:
        return visit.page("form.html", **_values(session, visit, campaign_id))


@router.get("/campaigns/{campaign_id}/form.json")
def download_form(visit: Staff, campaign_id: str) -> Response:
    """The form as a file, to be kept or brought elsewhere."""
    with visit.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        in_use = form_book.form_of_campaign(session, campaign_id)
    headers = {"Content-Disposition": f'attachment; filename="form-{in_use.mark}.json"'}
    return JSONResponse(in_use.form.to_json(), headers=headers)


@router.post("/campaigns/{campaign_id}/form/questions")
def save_question(
    visit: Staff, campaign_id: str, form: Annotated[QuestionForm, Form()], instead_of: str = ""
) -> Response:
    """A new question, or another in the place of one."""
    before = _before(visit, campaign_id)
    changed = form_changes.with_question(before.form, form.as_document(before.form), instead_of)
    return _save(visit, campaign_id, changed, form.mark)


@router.post("/campaigns/{campaign_id}/form/questions/{key}/remove")
def remove_question(visit: Staff, campaign_id: str, key: str, mark: Text = "") -> Response:
    """No longer ask this."""
    return _save(visit, campaign_id, form_changes.without_question(_before(visit, campaign_id).form, key), mark)


@router.post("/campaigns/{campaign_id}/form/questions/{key}/move")
def move_question(visit: Staff, campaign_id: str, key: str, mark: Text = "", steps: int = -1) -> Response:
    """Ask this earlier or later."""
    return _save(visit, campaign_id, form_changes.moved_question(_before(visit, campaign_id).form, key, steps), mark)


@router.post("/campaigns/{campaign_id}/form/opening")
def change_opening(visit: Staff, campaign_id: str, complexity: Text = "", mark: Text = "") -> Response:
    """From which complexity on the long part opens."""
    if complexity and complexity not in {"2", "3", "4", "5"}:
        raise Invalid("The complexity is a number from 2 to 5.")
    opening = int(complexity) if complexity else None
    return _save(visit, campaign_id, form_changes.opening_from(_before(visit, campaign_id).form, opening), mark)


@router.post("/campaigns/{campaign_id}/form/copy")
def copy_form(visit: Staff, campaign_id: str, from_campaign: Text = "", mark: Text = "") -> Response:
    """Ask by the form of another campaign, or by the shipped one where none is named."""
    with visit.parts.database.reading() as session:
        if from_campaign:
            find_campaign(session, from_campaign)
        taken = form_book.form_of_campaign(session, from_campaign).form
    return _save(visit, campaign_id, taken, mark)


@router.post("/campaigns/{campaign_id}/form/file")
def bring_form(visit: Staff, campaign_id: str, file: Annotated[UploadFile, File()], mark: Text = "") -> Response:
    """Ask by the form of a file."""
    try:
        document = json.loads(file.file.read(LARGEST_FILE + 1)[:LARGEST_FILE])
    except ValueError as error:
        raise Invalid("This file is not JSON. Download a form first and change that.") from error
    return _save(visit, campaign_id, read_form(document), mark)


def _before(visit: Visit, campaign_id: str) -> FormInUse:
    with visit.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        return form_book.form_of_campaign(session, campaign_id)


def _save(visit: Visit, campaign_id: str, changed: Questions, seen: str) -> Response:
    with visit.parts.database.transaction() as session:
        find_campaign(session, campaign_id)
        change = FormChange(changed, visit.person.user_id, seen)
        made = form_book.change_form(session, campaign_id, change, visit.now)
        audit.record(session, visit.act("form_changed", campaign_id, {"form": made.mark}), visit.now)
        values = _values(session, visit, campaign_id)
    return visit.part("parts/form.html", message=visit.say(SAVED), **values)


def _values(session: Session, visit: Visit, campaign_id: str) -> dict[str, Any]:
    campaign = find_campaign(session, campaign_id)
    others = select(Campaign).where(Campaign.id != campaign_id).order_by(Campaign.id.desc()).limit(100)
    return {
        "campaign": campaign,
        "in_use": form_book.form_of_campaign(session, campaign_id),
        "others": list(session.scalars(others)),
        "kinds": KINDS,
        "fixed": FIXED,
        "written_steps": written_steps,
    }
