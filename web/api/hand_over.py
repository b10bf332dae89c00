"""A partner's accepted leads for its own customer system: CSV in a known layout, or JSON; see docs/partners-api.md."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from accounts import audit
from dialer.hand_over import own_leads_csv
from leads import partner_view
from leads.disclosures import Reader, Way
from leads.hand_over import PLAIN, VERSION, layout_of, layouts, values_of
from web.caller import PageWanted, Paging, PartnerCaller
from web.csv_answers import CsvFile, download
from web.disclosing import note_shown

router = APIRouter(prefix="/hand-over", tags=["hand-over"])

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}


class LayoutOut(BaseModel):
    """A system's columns: each with the value that fills it, or with `=` a constant. `own`: to be made there once."""

    code: str
    name: str
    columns: dict[str, str]
    own: list[str]


class LeadsOut(BaseModel):
    """One page of accepted leads by plain values, the newest first. An empty `next_cursor`: there is no more."""

    version: int
    leads: list[dict[str, str]]
    next_cursor: str


@router.get("/layouts")
def list_layouts(caller: PartnerCaller) -> list[LayoutOut]:
    """The layouts that there are."""
    return [
        LayoutOut(code=one.code, name=one.name, columns=dict(one.columns), own=list(one.own_columns))
        for one in layouts().values()
    ]


@router.get("/own-leads.csv", response_class=CsvFile, responses=_CSV)
def hand_over_csv(caller: PartnerCaller, layout: str = PLAIN) -> CsvFile:
    """All own leads in the layout of a system."""
    chosen = layout_of(layout)
    _note(caller, chosen.code)
    reader = Reader(caller.person.partner_id, caller.person.user_id, Way.FILE)
    return download(own_leads_csv(caller.parts.database, reader, chosen, caller.now), f"leads-{chosen.code}")


@router.get("/leads")
def hand_over_json(caller: PartnerCaller, paging: PageWanted) -> LeadsOut:
    """Own leads as plain values."""
    return _page(caller, paging)


def _page(caller: PartnerCaller, paging: Paging) -> LeadsOut:
    with caller.parts.database.reading() as session:
        rows = partner_view.list_accepted(session, caller.person.partner_id, paging.cursor, paging.limit + 1)
    shown = rows[: paging.limit]
    _note(caller, "json")
    note_shown(caller.parts, caller.person, [lead.lead_id for lead in shown], Way.API, caller.now)
    return LeadsOut(
        version=VERSION,
        leads=[values_of(lead) for lead in shown],
        next_cursor=shown[-1].lead_id if len(rows) > paging.limit else "",
    )


def _note(caller: PartnerCaller, layout: str) -> None:
    with caller.parts.database.transaction() as session:
        audit.record(session, caller.act("own_leads_exported", caller.person.partner_id, layout=layout), caller.now)
