"""Contact lists in the API as files: columns guessed, rows taken in. What became of them is in `lists`."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData

from accounts import audit
from campaigns import import_contacts, uploads
from campaigns.import_contacts import Mapping, mapping_from
from campaigns.in_book import InBook
from foundation.errors import Invalid
from web.api.campaigns import find_campaign
from web.caller import StaffCaller
from web.uploading import ListRouter, reading_form, sent_file, shelf_of

router = ListRouter(tags=["contact lists"])


async def sent_form(caller: StaffCaller, request: Request) -> AsyncIterator[FormData]:
    """The form with the file, read after the gate has let the caller pass."""
    async for form in reading_form(request):
        yield form


Form = Annotated[FormData, Depends(sent_form)]


def _form(**fields: dict[str, Any]) -> dict[str, Any]:
    """What the schema says of a form that is read by hand."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    schema = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


_MAPPING = {"type": "string", "default": "", "description": '{"columns": […], "fields": […]}; empty: guessed'}
_IN_BOOK = {
    "type": "string",
    "enum": [one.value for one in InBook],
    "default": InBook.KEEP.value,
    "description": "what becomes of rows that stand in another campaign",
}


class ColumnOut(BaseModel):
    """One column of a file: the field that it seems to hold, and whether its name or its content says so."""

    column: str
    field: str
    guessed_by: str


class ColumnsOut(BaseModel):
    """A file as it was read."""

    encoding: str
    delimiter: str
    columns: list[ColumnOut]


class ReportOut(BaseModel):
    """What became of a file's rows: `rows` = `created` + `updated` + `unchanged` + the sum of `refused`."""

    model_config = ConfigDict(from_attributes=True)

    list_id: str
    rows: int
    created: int
    updated: int
    unchanged: int
    accepted: int
    repaired: int
    in_book: int = Field(description="rows new here, taken in or refused, that stand in another campaign")
    refused: dict[str, int]


@router.post("/campaigns/{campaign_id}/lists/columns", openapi_extra=_form())
def guess_columns(caller: StaffCaller, campaign_id: str, form: Form) -> ColumnsOut:
    """What the columns of a file seem to hold. Nothing is stored."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
    shelf, file = shelf_of(caller.parts), sent_file(form)
    upload_id = uploads.receive(shelf, campaign_id, file.filename or "list.csv", file.file, caller.person.user_id)
    try:
        head = uploads.look_at(shelf, upload_id)
    finally:
        uploads.cancel(shelf, upload_id)
    table, mapping = head.table, head.guessed
    columns = [
        ColumnOut(column=column, field=field, guessed_by=reason)
        for column, field, reason in zip(mapping.columns, mapping.fields, mapping.guessed_by, strict=True)
    ]
    return ColumnsOut(encoding=table.encoding, delimiter=table.delimiter, columns=columns)


@router.post("/campaigns/{campaign_id}/lists", status_code=201, openapi_extra=_form(mapping=_MAPPING, in_book=_IN_BOOK))
def import_file(caller: StaffCaller, campaign_id: str, form: Form) -> ReportOut:
    """Take the file's rows into the campaign."""
    chosen, in_book, file = (
        _read_mapping(_text(form, "mapping")),
        _read_in_book(_text(form, "in_book")),
        sent_file(form),
    )
    report = import_contacts.import_file(
        shelf_of(caller.parts),
        campaign_id,
        file.filename or "list.csv",
        file.file,
        lambda _: chosen,
        in_book=in_book,
    )
    with caller.parts.database.transaction() as session:
        act = caller.act("list_imported", campaign_id, rows=report.rows, list=report.list_id)
        audit.record(session, act, caller.now)
        caller.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
        caller.parts.live.ring_after_commit(session, "tick")
    return ReportOut.model_validate(report)


def _read_mapping(text: str) -> Mapping | None:
    if not text.strip():
        return None
    try:
        raw = json.loads(text)
        return mapping_from([str(one) for one in raw["columns"]], [str(one) for one in raw["fields"]])
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid('The mapping is JSON such as {"columns": ["Firma"], "fields": ["company"]}.') from error


def _read_in_book(text: str) -> InBook:
    try:
        return InBook(text or InBook.KEEP)
    except ValueError as error:
        raise Invalid("in_book is one of: %(choices)s.", choices=", ".join(InBook)) from error


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
