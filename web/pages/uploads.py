"""The way of a file into a campaign, step by step: columns, reading, what would become of each row, taking it in."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns import saved_mappings, uploads
from campaigns.columns import FIELDS
from campaigns.guarded_reader import Head
from campaigns.import_contacts import report_of
from campaigns.in_book import InBook
from campaigns.mapping import Mapping, mapping_from
from campaigns.refusals import REASONS, mending_groups
from campaigns.tables import Upload, UploadStatus
from foundation.errors import NotFound
from web.pages.campaigns import find_campaign, lists_of
from web.uploading import shelf_of, work_on
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
SAMPLES = 3
SHOWN_AT_MOST = 50  # refused rows of each group


@router.get("/campaigns/{campaign_id}/uploads/{upload_id}")
def show(visit: Staff, campaign_id: str, upload_id: str, *, whole: bool = False) -> Response:
    """Where the upload stands. While it is being worked on: its progress alone, or the `whole` part that follows it."""
    with visit.parts.database.reading() as session:
        upload = _find(session, campaign_id, upload_id)
        campaign = find_campaign(session, campaign_id)
        if upload.status == UploadStatus.COMMITTED:
            lists = lists_of(session, campaign_id)
            report = report_of(session, upload.list_id)
            done = visit.part("parts/lists.html", campaign=campaign, lists=lists, report=report, reasons=REASONS)
            return _put_into(done, "#lists")
    if upload.status in {UploadStatus.READING, UploadStatus.COMMITTING}:
        if not whole:
            return visit.part("parts/upload_progress.html", campaign=campaign, upload=upload)
        return _at_work(visit, campaign_id, upload_id)
    if upload.status == UploadStatus.RECEIVED:
        return _put_into(show_columns(visit, campaign_id, upload_id), "#upload")
    refused = upload.counts.get("refused_rows", []) if upload.status == UploadStatus.READ else []
    groups = mending_groups(upload.counts.get("refused", {})) if upload.status == UploadStatus.READ else []
    of_group = Counter(REASONS[row[1]].mend for row in refused)
    shown = visit.part(
        "parts/upload.html",
        campaign=campaign,
        upload=upload,
        counts=upload.counts,
        groups=groups,
        groups_shown=[min(of_group[mend], SHOWN_AT_MOST) for mend, _, _ in groups],
        shown_at_most=SHOWN_AT_MOST,
        refused=refused,
        columns=upload.mapping.get("columns", []),
        reasons=REASONS,
    )
    return _put_into(shown, "#upload")


@router.post("/campaigns/{campaign_id}/uploads/{upload_id}/columns")
def read(  # noqa: PLR0913, PLR0917 - the fields of a form
    visit: Staff,
    campaign_id: str,
    upload_id: str,
    column: Annotated[list[str] | None, Form()] = None,
    field: Annotated[list[str] | None, Form()] = None,
    source: Annotated[str, Form()] = "",
    in_book: Annotated[InBook, Form()] = InBook.KEEP,
) -> Response:
    """Read every row as the columns were confirmed."""
    mapping = mapping_from(column or [], field or [])
    shelf = shelf_of(visit.parts)
    with visit.parts.database.transaction() as session:
        _find(session, campaign_id, upload_id)
        saved_mappings.save(session, source, mapping, visit.now)
    uploads.choose(shelf, upload_id, mapping, source)
    uploads.decide_book(shelf, upload_id, in_book)
    work_on(uploads.read_through, shelf, upload_id)
    return _at_work(visit, campaign_id, upload_id)


@router.post("/campaigns/{campaign_id}/uploads/{upload_id}/mended")
def mend(
    visit: Staff,
    campaign_id: str,
    upload_id: str,
    place: Annotated[list[str] | None, Form()] = None,
    cell: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Read every row again, with the cells that were mended by hand. A place is `row:column`, both numbers."""
    with visit.parts.database.reading() as session:
        _find(session, campaign_id, upload_id)
    shelf = shelf_of(visit.parts)
    uploads.mend(shelf, upload_id, _by_row(place or [], cell or []))
    work_on(uploads.read_through, shelf, upload_id)
    return _at_work(visit, campaign_id, upload_id)


@router.post("/campaigns/{campaign_id}/uploads/{upload_id}/back")
def back(visit: Staff, campaign_id: str, upload_id: str) -> Response:
    """Show the columns once more."""
    return show_columns(visit, campaign_id, upload_id)


@router.post("/campaigns/{campaign_id}/uploads/{upload_id}/commit")
def take_in(visit: Staff, campaign_id: str, upload_id: str) -> Response:
    """Take the rows in. From here on it is decided: whatever dies, the sweep sees that the rest gets in."""
    with visit.parts.database.reading() as session:
        _find(session, campaign_id, upload_id)
    work_on(_take_in, visit, campaign_id, upload_id)
    return _at_work(visit, campaign_id, upload_id)


@router.post("/campaigns/{campaign_id}/uploads/{upload_id}/cancel")
def cancel(visit: Staff, campaign_id: str, upload_id: str) -> Response:
    """Forget the upload. Nothing is left of it."""
    with visit.parts.database.reading() as session:
        _find(session, campaign_id, upload_id)
        campaign = find_campaign(session, campaign_id)
        lists = lists_of(session, campaign_id)
    uploads.cancel(shelf_of(visit.parts), upload_id)
    said = visit.say("The upload is canceled. Nothing is left of it.")
    return visit.part("parts/lists.html", campaign=campaign, lists=lists, reasons=REASONS, message=said)


def _take_in(visit: Visit, campaign_id: str, upload_id: str) -> None:
    list_id = uploads.take_in(shelf_of(visit.parts), upload_id)
    with visit.parts.database.transaction() as session:
        report = report_of(session, list_id)
        facts: dict[str, str | int | bool | None] = {"rows": report.rows, "list": list_id}
        audit.record(session, visit.act("list_imported", campaign_id, facts), visit.now)
        visit.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
        visit.parts.live.ring_after_commit(session, "tick")


def show_columns(visit: Visit, campaign_id: str, upload_id: str) -> Response:
    """What the columns hold, as far as it is known, for somebody to confirm."""
    with visit.parts.database.reading() as session:
        upload = _find(session, campaign_id, upload_id)
        campaign = find_campaign(session, campaign_id)
    head = uploads.look_at(shelf_of(visit.parts), upload_id)
    with visit.parts.database.reading() as session:
        offered = saved_mappings.offered(session, head.table.header)
        sources = saved_mappings.sources(session)
    mapping, source = _shown_mapping(upload, head, offered)
    rows = head.table.rows
    columns = [
        {
            "name": name,
            "field": mapping.fields[index],
            "guessed_by": (mapping.guessed_by or ("",) * len(mapping.fields))[index],
            "samples": [row.cells[index] for row in rows if row.cells[index]][:SAMPLES],
        }
        for index, name in enumerate(head.table.header)
    ]
    return visit.part(
        "parts/columns.html",
        campaign=campaign,
        upload=upload,
        columns=columns,
        table=head.table,
        fields=FIELDS,
        mapping=mapping,
        source=source,
        sources=sources,
    )


def _shown_mapping(upload: Upload, head: Head, offered: saved_mappings.Offered | None) -> tuple[Mapping, str]:
    """What was chosen for this upload, else what was confirmed for a list of this form before, else what is guessed."""
    if upload.mapping:
        return mapping_from(upload.mapping["columns"], upload.mapping["fields"]), upload.source
    return (offered.mapping, offered.source) if offered else (head.guessed, "")


def _at_work(visit: Visit, campaign_id: str, upload_id: str) -> Response:
    with visit.parts.database.reading() as session:
        upload = _find(session, campaign_id, upload_id)
        campaign = find_campaign(session, campaign_id)
    return visit.part("parts/upload_at_work.html", campaign=campaign, upload=upload)


def _by_row(places: Sequence[str], cells: Sequence[str]) -> dict[str, dict[str, str]]:
    mended: dict[str, dict[str, str]] = {}
    for place, cell in zip(places, cells, strict=False):
        row, _, column = place.partition(":")
        if row.isdecimal() and column.isdecimal():
            mended.setdefault(str(int(row)), {})[str(int(column))] = cell[:2000]
    return mended


def _put_into(response: Response, target: str) -> Response:
    """Have htmx put the answer elsewhere than where it was asked for: the step that asked is over."""
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _find(session: Session, campaign_id: str, upload_id: str) -> Upload:
    upload = session.get(Upload, upload_id)
    if upload is None or upload.campaign_id != campaign_id:
        raise NotFound
    return upload
