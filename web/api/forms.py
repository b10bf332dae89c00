"""Qualification forms in the API: read them, and give a campaign another one. A form is one JSON document."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from accounts import audit
from foundation.errors import NotFound
from leads import form_book
from leads.form_book import FormChange
from leads.form_tables import QualificationForm
from leads.forms import Form, default_form, read_form
from web.api.campaigns import find_campaign
from web.caller import Caller, StaffCaller
from web.shown_forms import FormInUseOut

router = APIRouter(tags=["forms"])


class FormIn(BaseModel):
    """A form for a campaign. With `instead_of`, the mark of the form seen, a change meanwhile is a conflict."""

    model_config = ConfigDict(extra="forbid")

    form: dict[str, Any]
    instead_of: str = Field("", max_length=16)


class CopyIn(BaseModel):
    """The campaign whose form is taken; empty: the form that is shipped."""

    model_config = ConfigDict(extra="forbid")

    from_campaign_id: str = Field("", max_length=40)


class VersionOut(BaseModel):
    """One version that a campaign has had; `made_by` is a user's id."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    mark: str
    made_at: datetime
    made_by: str


@router.get("/forms/default")
def get_default_form(caller: StaffCaller) -> dict[str, Any]:
    """The form that is shipped, as a document to start from."""
    return default_form().to_json()


@router.get("/forms/{mark}")
def get_form(caller: StaffCaller, mark: str) -> dict[str, Any]:
    """The form of a mark: what a lead was asked by."""
    with caller.parts.database.reading() as session:
        known = select(QualificationForm.mark).where(QualificationForm.mark == mark)
        if mark != default_form().mark and session.scalar(known) is None:
            raise NotFound
        return form_book.form_by_mark(session, mark).to_json()


@router.get("/campaigns/{campaign_id}/form")
def get_campaign_form(caller: StaffCaller, campaign_id: str) -> FormInUseOut:
    """The form that the campaign asks by now."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        return FormInUseOut.model_validate(form_book.form_of_campaign(session, campaign_id))


@router.get("/campaigns/{campaign_id}/form/versions")
def list_versions(caller: StaffCaller, campaign_id: str) -> list[VersionOut]:
    """All forms of its own that the campaign has had, the newest first."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        return [VersionOut.model_validate(row) for row in form_book.versions_of(session, campaign_id)]


@router.put("/campaigns/{campaign_id}/form")
def change_form(caller: StaffCaller, campaign_id: str, body: FormIn) -> FormInUseOut:
    """Ask by another form from the next call on. The same form again changes nothing."""
    return _change(caller, campaign_id, read_form(body.form), body.instead_of)


@router.post("/campaigns/{campaign_id}/form/copy")
def copy_form(caller: StaffCaller, campaign_id: str, body: CopyIn) -> FormInUseOut:
    """Ask by the form of another campaign, or by the shipped one."""
    with caller.parts.database.reading() as session:
        if body.from_campaign_id:
            find_campaign(session, body.from_campaign_id)
        taken = form_book.form_of_campaign(session, body.from_campaign_id).form
    return _change(caller, campaign_id, taken)


def _change(caller: Caller, campaign_id: str, form: Form, seen: str = "") -> FormInUseOut:
    with caller.parts.database.transaction() as session:
        find_campaign(session, campaign_id)
        change = FormChange(form, caller.person.user_id, seen)
        made = form_book.change_form(session, campaign_id, change, caller.now)
        audit.record(session, caller.act("form_changed", campaign_id, form=made.mark), caller.now)
        return FormInUseOut.model_validate(made)
