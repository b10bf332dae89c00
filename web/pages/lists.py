"""Contact lists of a campaign: what was taken and what was refused. How a file gets in is on `uploads`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import func, select

from accounts.tables import Role
from campaigns.refusals import REASONS, refused_rows_csv
from campaigns.tables import ContactList, RefusedRow
from foundation.errors import NotFound
from web.language import translations
from web.pages.campaigns import find_campaign
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]
SHOWN_REFUSED_ROWS = 200


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
