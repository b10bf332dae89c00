"""Campaigns in the API: make, change, start, pause, and figures that add up."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from campaigns import campaigns
from campaigns.tables import Campaign
from dialer import launch, standstill
from dialer.launch_check import Finding, reds
from dialer.modes import check_mode
from foundation.errors import NotFound
from web.caller import Caller, Paged, PageWanted, StaffCaller, paged
from web.campaign_form import CampaignSettings
from web.reason_view import ReasonsOut, reasons_out

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


class CampaignOut(CampaignSettings):
    """A campaign."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    id: str
    status: str
    paused_reason: str
    paused_facts: dict[str, str | float]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class FiguresOut(BaseModel):
    """Where the contacts stand: `total` = `waiting` + `reserved` + `fenced` + the sum of `done`."""

    total: int
    waiting: int
    reserved: int
    fenced: int
    done: dict[str, int]


class FindingOut(BaseModel):
    """One thing that the launch check looked at. `text` says it in English, with what mends it."""

    code: str
    is_green: bool
    text: str
    languages: list[str]


class LaunchCheckOut(BaseModel):
    """A campaign starts only while `is_green`."""

    is_green: bool
    findings: list[FindingOut]


class WhyOut(BaseModel):
    """What keeps a campaign from dialing. `waiting_for` adds up to all who wait; `due` is counted up to 1,000.

    `detail` goes with the code; `held_back` says why some who are due are not dialed whatever the answer.
    """

    code: str
    text: str
    detail: ReasonsOut
    held_back: ReasonsOut
    next_at: datetime | None
    due: dict[str, int]
    agents_ready: dict[str, int]
    waiting_for: dict[str, int]
    in_calls: int
    being_clarified: int


@router.get("")
def list_campaigns(caller: StaffCaller, paging: PageWanted) -> Paged[CampaignOut]:
    """Campaigns in the order of their making."""
    with caller.parts.database.reading() as session:
        query = select(Campaign).where(Campaign.id > paging.cursor).order_by(Campaign.id).limit(paging.limit + 1)
        rows = session.scalars(query).all()
    return paged(rows, paging, CampaignOut.model_validate, lambda row: row.id)


@router.post("", status_code=201)
def create_campaign(caller: StaffCaller, body: CampaignSettings) -> CampaignOut:
    """A new campaign, in draft."""
    with caller.parts.database.transaction() as session:
        campaign = campaigns.create_campaign(session, body.as_draft(), caller.now)
        check_mode(campaign, caller.now)
        audit.record(session, caller.act("campaign_created", campaign.id), caller.now)
    return CampaignOut.model_validate(campaign)


@router.get("/{campaign_id}")
def get_campaign(caller: StaffCaller, campaign_id: str) -> CampaignOut:
    """One campaign."""
    with caller.parts.database.reading() as session:
        return CampaignOut.model_validate(find_campaign(session, campaign_id))


@router.put("/{campaign_id}")
def change_campaign(caller: StaffCaller, campaign_id: str, body: CampaignSettings) -> CampaignOut:
    """Other settings or scripts, from the next call on. What is left out goes back to its default."""
    with caller.parts.database.transaction() as session:
        campaign = campaigns.change_campaign(session, campaign_id, body.as_draft())
        check_mode(campaign, caller.now)
        audit.record(session, caller.act("campaign_changed", campaign_id), caller.now)
        _tell(caller, session, campaign_id)
    return CampaignOut.model_validate(campaign)


@router.post("/{campaign_id}/start")
def start_campaign(caller: StaffCaller, campaign_id: str) -> CampaignOut:
    """Let the campaign dial. Refused, with the reasons, while the launch check is red."""
    with caller.parts.database.transaction() as session:
        campaign = launch.start_campaign(
            caller.parts.settings, session, campaign_id, caller.now, actor=caller.person.user_id
        )
        audit.record(session, caller.act("campaign_started", campaign_id), caller.now)
        _tell(caller, session, campaign_id)
    return CampaignOut.model_validate(campaign)


@router.post("/{campaign_id}/pause")
def pause_campaign(caller: StaffCaller, campaign_id: str) -> CampaignOut:
    """Place no further calls; those in the air go on."""
    with caller.parts.database.transaction() as session:
        campaign = campaigns.pause(session, campaign_id, caller.now, actor=caller.person.user_id)
        audit.record(session, caller.act("campaign_paused", campaign_id), caller.now)
        _tell(caller, session, campaign_id)
    return CampaignOut.model_validate(campaign)


@router.get("/{campaign_id}/launch-check")
def get_launch_check(caller: StaffCaller, campaign_id: str) -> LaunchCheckOut:
    """What the campaign needs before it may dial, the red findings first."""
    with caller.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        findings = launch.look_before_launch(caller.parts.settings, session, campaign, caller.now)
    return LaunchCheckOut(is_green=not reds(findings), findings=[_finding_out(finding) for finding in findings])


@router.get("/{campaign_id}/why")
def get_why(caller: StaffCaller, campaign_id: str) -> WhyOut:
    """Why nothing is dialing, or that it is; counts by reason, and when the next contact may be dialed."""
    with caller.parts.database.reading() as session:
        campaign = find_campaign(session, campaign_id)
        answer = standstill.look(caller.parts.settings, session, campaign, caller.now)
    return WhyOut(
        code=answer.code,
        text=answer.plain,
        detail=reasons_out(answer.why),
        held_back=reasons_out(answer.held_back),
        next_at=answer.next_at,
        due=dict(answer.due),
        agents_ready=dict(answer.ready),
        waiting_for=dict(answer.waiting_for),
        in_calls=answer.in_calls,
        being_clarified=answer.being_clarified,
    )


@router.get("/{campaign_id}/figures")
def get_figures(caller: StaffCaller, campaign_id: str) -> FiguresOut:
    """Where the campaign's contacts stand now."""
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        figures = campaigns.figures(session, campaign_id)
    return FiguresOut(
        total=figures.total,
        waiting=figures.waiting,
        reserved=figures.reserved,
        fenced=figures.fenced,
        done=dict(figures.done),
    )


def find_campaign(session: Session, campaign_id: str) -> Campaign:
    """The campaign, or NotFound."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound
    return campaign


def _finding_out(finding: Finding) -> FindingOut:
    return FindingOut(
        code=finding.code, is_green=finding.is_green, text=finding.plain, languages=list(finding.languages)
    )


def _tell(caller: Caller, session: Session, campaign_id: str) -> None:
    caller.parts.live.publish_after_commit(session, f"campaign:{campaign_id}")
    caller.parts.live.publish_after_commit(session, "board")
    caller.parts.live.ring_after_commit(session, "tick")
