"""Contact lists in the API: columns guessed, files imported, refused rows with reasons."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.refusals import refused_rows_csv
from campaigns.tables import ContactList, RefusedRow
from foundation.errors import NotFound
from web.api.campaigns import find_campaign
from web.caller import Paged, PageWanted, StaffCaller, paged

router = APIRouter(tags=["contact lists"])


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
