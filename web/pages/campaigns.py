"""Campaigns: the list, one campaign with its live figures, start and pause, settings and scripts."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.tables import Role
from campaigns import campaigns
from campaigns.scripts import unknown_fields
from campaigns.tables import Campaign, CampaignStatus, ContactList
from campaigns.uploads import open_upload
from dialer import launch, standstill
from dialer.gate_check import closed_until
from dialer.limits import lawful_share
from dialer.modes import check_mode, modes_for
from foundation.errors import Conflict, NotFound
from leads.figures import count_leads
from web.campaign_form import CampaignForm, mark_of
from web.launch_view import ShownFinding, shown_answer, shown_finding
from web.line_form import line_choices
from web.rendering import render
from web.shared_parts import SharedParts
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

UNKNOWN_FIELDS = N_("Saved. No list has these fields; agents see … in their place: %(names)s.")

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/campaigns")
def list_campaigns(visit: Staff) -> Response:
    """All campaigns, the newest first, and a form for a new one."""
    with visit.parts.database.reading() as session:
        rows = session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(200)).all()
        shown = [(campaign, campaigns.figures(session, campaign.id)) for campaign in rows]
    return visit.page("campaigns.html", campaigns=shown)


@router.post("/campaigns")
def create_campaign(visit: Staff, form: Annotated[CampaignForm, Form()]) -> Response:
    """A new campaign, in draft."""
    with visit.parts.database.transaction() as session:
        campaign = campaigns.create_campaign(session, form.as_draft(), visit.now)
        audit.record(session, visit.act("campaign_created", campaign.id), visit.now)
    return visit.go_to(f"/campaigns/{campaign.id}")


@router.get("/campaigns/{campaign_id}")
def show_campaign(visit: Staff, campaign_id: str) -> Response:
    """One campaign."""
    with visit.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        lists = lists_of(session, campaign_id)
        waiting = open_upload(session, campaign_id)
    return visit.page(
        "campaign.html",
        campaign=campaign,
        **_ways_to_dial(visit, campaign),
        lists=lists,
        open_upload=waiting,
        findings=look_before_launch(visit, campaign),
        paused_by_dialer=standstill.why_paused(campaign),
        figures_html=_figures_html(visit, campaign_id),
        **line_choices(campaign, visit.now),
    )


@router.get("/campaigns/{campaign_id}/figures")
def show_figures(visit: Staff, campaign_id: str) -> Response:
    """Where the campaign's contacts stand now."""
    return HTMLResponse(_figures_html(visit, campaign_id))


@router.get("/campaigns/{campaign_id}/why")
def show_why(visit: Staff, campaign_id: str) -> Response:
    """Why nothing is dialing, or that it is."""
    shared: SharedParts = visit.request.app.state.shared_parts
    with visit.parts.database.reading() as session:
        status = find_campaign(session, campaign_id).status

    def make() -> str:
        with visit.parts.database.reading() as session:
            campaign = find_campaign(session, campaign_id)
            answer = standstill.look(visit.parts.settings, session, campaign, visit.now)
        return render("parts/why.html", visit.language, {"answer": answer, "text": shown_answer(visit, answer)})

    return HTMLResponse(shared.get(("why", campaign_id, status, visit.language), make))


@router.post("/campaigns/{campaign_id}/start")
def start_campaign(visit: Staff, campaign_id: str) -> Response:
    """Let the campaign dial, unless the launch check is red."""
    with visit.parts.database.transaction() as session:
        try:
            campaign = launch.start_campaign(
                visit.parts.settings, session, campaign_id, visit.now, actor=visit.person.user_id
            )
        except launch.NotReadyToStart as error:
            raise Conflict("The campaign does not start while the launch check is red.") from error
        audit.record(session, visit.act("campaign_started", campaign_id), visit.now)
        tell(visit, session, campaign_id)
    return _state(visit, campaign, message=visit.say("The campaign is running."))


@router.post("/campaigns/{campaign_id}/pause")
def pause_campaign(visit: Staff, campaign_id: str) -> Response:
    """Place no further calls."""
    with visit.parts.database.transaction() as session:
        campaign = campaigns.pause(session, campaign_id, visit.now, actor=visit.person.user_id)
        audit.record(session, visit.act("campaign_paused", campaign_id), visit.now)
        tell(visit, session, campaign_id)
    return _state(visit, campaign, message=visit.say("The campaign is paused. Calls that are in the air go on."))


@router.get("/campaigns/{campaign_id}/state")
def show_state(visit: Staff, campaign_id: str) -> Response:
    """The campaign's status, the button that changes it, and the launch check while it does not run."""
    with visit.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
    return _state(visit, campaign)


def _state(visit: Visit, campaign: Campaign, *, message: str = "") -> Response:
    findings = look_before_launch(visit, campaign)
    why = standstill.why_paused(campaign)
    return visit.part(
        "parts/campaign_state.html", campaign=campaign, findings=findings, paused_by_dialer=why, message=message
    )


def look_before_launch(visit: Visit, campaign: Campaign) -> list[ShownFinding]:
    """The launch check in the visitor's words; nothing for a campaign that runs."""
    if campaign.status == CampaignStatus.RUNNING:
        return []
    with visit.parts.database.reading() as session:
        findings = launch.look_before_launch(visit.parts.settings, session, campaign, visit.now)
    return [shown_finding(visit, campaign, finding) for finding in findings]


@router.post("/campaigns/{campaign_id}/settings")
def change_settings(visit: Staff, campaign_id: str, form: Annotated[CampaignForm, Form()]) -> Response:
    """Other settings or scripts from the next call on."""
    with visit.parts.database.transaction() as session:
        before = campaigns.lock_campaign(session, campaign_id)  # what the form leaves out stays as it is at this moment
        form.check_seen(before)
        campaign = campaigns.change_campaign(session, campaign_id, form.as_draft(before))
        check_mode(campaign, visit.now)
        audit.record(session, visit.act("campaign_changed", campaign_id), visit.now)
        tell(visit, session, campaign_id)
        unknown = unknown_fields(campaign.scripts, _own_columns(session, campaign_id))
    ways = _ways_to_dial(visit, campaign)
    message = visit.say(UNKNOWN_FIELDS, names=", ".join(unknown)) if unknown else visit.say("Saved.")
    return visit.part("parts/campaign_settings.html", campaign=campaign, message=message, **ways)


def _own_columns(session: Session, campaign_id: str) -> set[str]:
    """The columns of the campaign's lists that are no field of ours: contacts keep them under the list's name."""
    mappings = session.scalars(select(ContactList.mapping).where(ContactList.campaign_id == campaign_id))
    pairs = (pair for one in mappings for pair in zip(one.get("columns", ()), one.get("fields", ()), strict=False))
    return {str(name) for name, known_as in pairs if not known_as}


def _ways_to_dial(visit: Visit, campaign: Campaign) -> dict[str, Any]:
    """The modes that are offered, the share of abandoned calls that the law bears, and the mark of what is shown."""
    shares = {"modes": modes_for(campaign, visit.now), "lawful_share": lawful_share(campaign, visit.now)}
    return {**shares, "settings_mark": mark_of(campaign)}


def find_campaign(session: Session, campaign_id: str) -> Campaign:
    """The campaign, or NotFound."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound
    return campaign


def lists_of(session: Session, campaign_id: str) -> list[ContactList]:
    """The lists that were imported into a campaign, the newest first."""
    found = select(ContactList).where(ContactList.campaign_id == campaign_id).order_by(ContactList.id.desc())
    return list(session.scalars(found))


def _figures_html(visit: Visit, campaign_id: str) -> str:
    shared: SharedParts = visit.request.app.state.shared_parts

    def make() -> str:
        with visit.parts.database.reading() as session:
            campaign = find_campaign(session, campaign_id)
            values = {
                "campaign": campaign,
                "figures": campaigns.figures(session, campaign_id),
                "leads": count_leads(session, campaign_id),
                "closed_until": closed_until(campaign, visit.now)
                if campaign.status == CampaignStatus.RUNNING
                else None,
            }
        return render("parts/campaign_figures.html", visit.language, values)

    return shared.get(("campaign_figures", campaign_id, visit.language), make)


def tell(visit: Visit, session: Session, campaign_id: str) -> None:
    """Let all who watch the campaign know that it has changed, and the dialer too."""
    visit.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
    visit.parts.live.publish_after_commit(session, "board")
    visit.parts.live.ring_after_commit(session, "tick")
