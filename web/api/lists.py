"""Contact lists in the API: columns guessed, files imported, refused rows with reasons."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from campaigns import import_contacts, uploads
from campaigns.book import InBook
from campaigns.import_contacts import Mapping, mapping_from
from campaigns.refusals import refused_rows_csv
from campaigns.tables import ContactList, RefusedRow
from foundation.errors import Invalid, NotFound
from web.api.campaigns import find_campaign
from web.caller import Paged, PageWanted, StaffCaller, paged
from web.uploading import shelf_of

router = APIRouter(tags=["contact lists"])


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


class ListOut(BaseModel):
    """A list that was imported."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    campaign_id: str
    file_name: str
    encoding: str
    total_rows: int
    created_rows: int
    updated_rows: int
    unchanged_rows: int
    repaired_rows: int
    in_book_rows: int
    refused_rows: int
    imported_at: datetime
    priority: int
    split_from: str
    archived_at: datetime | None


class RefusedRowOut(BaseModel):
    """A row that did not become a contact."""

    model_config = ConfigDict(from_attributes=True)

    row_number: int
    reason: str
    column_name: str
    found: str
    cells: list[str]


@router.post("/campaigns/{campaign_id}/lists/columns")
def guess_columns(caller: StaffCaller, campaign_id: str, file: Annotated[UploadFile, File()]) -> ColumnsOut:
    """What the columns of a file seem to hold. Nothing is stored."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
    shelf = shelf_of(caller.parts)
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


@router.post("/campaigns/{campaign_id}/lists", status_code=201)
def import_file(
    caller: StaffCaller,
    campaign_id: str,
    file: Annotated[UploadFile, File()],
    mapping: Annotated[str, Form(description='{"columns": […], "fields": […]}; empty: guessed')] = "",
    in_book: Annotated[InBook, Form(description="what becomes of rows that stand in another campaign")] = InBook.KEEP,
) -> ReportOut:
    """Take the file's rows into the campaign."""
    chosen = _read_mapping(mapping)
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


@router.get("/campaigns/{campaign_id}/lists")
def list_lists(caller: StaffCaller, campaign_id: str, paging: PageWanted) -> Paged[ListOut]:
    """The campaign's lists in the order of their import."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        query = select(ContactList).where(ContactList.campaign_id == campaign_id, ContactList.id > paging.cursor)
        rows = session.scalars(query.order_by(ContactList.id).limit(paging.limit + 1)).all()
    return paged(rows, paging, ListOut.model_validate, lambda row: row.id)


@router.get("/lists/{list_id}")
def get_list(caller: StaffCaller, list_id: str) -> ListOut:
    """One list."""
    with caller.parts.database.reading() as session:
        return ListOut.model_validate(find_list(session, list_id))


@router.get("/lists/{list_id}/refused")
def list_refused(caller: StaffCaller, list_id: str, paging: PageWanted) -> Paged[RefusedRowOut]:
    """The refused rows with their reasons."""
    after = int(paging.cursor) if paging.cursor.isdecimal() else 0
    with caller.parts.database.reading() as session:
        find_list(session, list_id)
        query = select(RefusedRow).where(RefusedRow.list_id == list_id, RefusedRow.id > after)
        rows = session.scalars(query.order_by(RefusedRow.id).limit(paging.limit + 1)).all()
    return paged(rows, paging, RefusedRowOut.model_validate, lambda row: str(row.id))


@router.get("/lists/{list_id}/refused.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def download_refused(caller: StaffCaller, list_id: str) -> Response:
    """The refused rows as a file that can be mended and imported again."""
    with caller.parts.database.reading() as session:
        find_list(session, list_id)
        return Response(refused_rows_csv(session, list_id), media_type="text/csv; charset=utf-8")


def find_list(session: Session, list_id: str) -> ContactList:
    """The list, or NotFound."""
    found = session.get(ContactList, list_id)
    if found is None:
        raise NotFound
    return found


def _read_mapping(text: str) -> Mapping | None:
    if not text.strip():
        return None
    try:
        raw = json.loads(text)
        return mapping_from([str(one) for one in raw["columns"]], [str(one) for one in raw["fields"]])
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid('The mapping is JSON such as {"columns": ["Firma"], "fields": ["company"]}.') from error
