"""Contact lists of a campaign: upload, columns shown and mended, what was taken and what was refused."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from sqlalchemy import func, select

from accounts import audit
from accounts.tables import Role
from campaigns.columns import FIELDS
from campaigns.import_contacts import guess_mapping, import_list, mapping_from, read_table
from campaigns.refusals import REASONS, refused_rows_csv
from campaigns.tables import ContactList, RefusedRow
from foundation.errors import Invalid, NotFound
from web.language import translations
from web.pages.campaigns import find_campaign, lists_of
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
SHOWN_REFUSED_ROWS = 200
SAMPLES = 3


@router.post("/campaigns/{campaign_id}/lists/columns")
def show_columns(visit: Staff, campaign_id: str, file: Annotated[UploadFile, File()]) -> Response:
    """What the columns of a file seem to hold. Nothing is stored: the file comes again with the import itself."""
    with visit.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
    table = read_table(_content(file), file.filename or "")
    mapping = guess_mapping(table.header, table.rows, campaign.country)
    columns = [
        {
            "name": name,
            "field": mapping.fields[index],
            "guessed_by": mapping.guessed_by[index],
            "samples": [row.cells[index] for row in table.rows[:50] if index < len(row.cells) and row.cells[index]][
                :SAMPLES
            ],
        }
        for index, name in enumerate(table.header)
    ]
    return visit.part("parts/columns.html", columns=columns, table=table, fields=FIELDS, mapping=mapping)


@router.post("/campaigns/{campaign_id}/lists")
def import_file(
    visit: Staff,
    campaign_id: str,
    file: Annotated[UploadFile, File()],
    column: Annotated[list[str] | None, Form()] = None,
    field: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Take the file's rows into the campaign; refused rows are kept with their reasons."""
    mapping = mapping_from(column, field or []) if column else None
    report = import_list(
        visit.parts.database, campaign_id, file.filename or "list.csv", _content(file), mapping, visit.now
    )
    with visit.parts.database.transaction() as session:
        facts: dict[str, str | int | bool | None] = {"rows": report.rows, "list": report.list_id}
        audit.record(session, visit.act("list_imported", campaign_id, facts), visit.now)
        visit.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
        visit.parts.live.ring_after_commit(session, "tick")
    with visit.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        lists = lists_of(session, campaign_id)
    return visit.part("parts/lists.html", campaign=campaign, lists=lists, report=report, reasons=REASONS)


@router.get("/campaigns/{campaign_id}/lists/{list_id}")
def show_list(visit: Staff, campaign_id: str, list_id: str) -> Response:
    """One list: counts, refused rows grouped by what mends them, and the first of these rows."""
    with visit.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        contact_list = session.get(ContactList, list_id)
        if contact_list is None or contact_list.campaign_id != campaign_id:
            raise NotFound
        counted = session.execute(
            select(RefusedRow.reason, func.count()).where(RefusedRow.list_id == list_id).group_by(RefusedRow.reason)
        )
        refused = session.scalars(
            select(RefusedRow)
            .where(RefusedRow.list_id == list_id)
            .order_by(RefusedRow.row_number)
            .limit(SHOWN_REFUSED_ROWS)
        ).all()
        by_reason = sorted(((reason, count) for reason, count in counted), key=lambda pair: -pair[1])
    return visit.page(
        "list.html", campaign=campaign, list=contact_list, by_reason=by_reason, refused=refused, reasons=REASONS
    )


@router.get("/campaigns/{campaign_id}/lists/{list_id}/refused.csv")
def download_refused(visit: Staff, campaign_id: str, list_id: str) -> Response:
    """The refused rows as a file that can be mended and uploaded again."""
    with visit.parts.database.reading() as session:
        contact_list = session.get(ContactList, list_id)
        if contact_list is None or contact_list.campaign_id != campaign_id:
            raise NotFound
        content = refused_rows_csv(session, list_id, translations(visit.language).gettext)
    headers = {"Content-Disposition": f'attachment; filename="refused-{list_id}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _content(file: UploadFile) -> bytes:
    content = file.file.read()
    if not content:
        raise Invalid("Choose a file first. This one is empty.")
    return content
