"""The way to start a campaign: read what the launch check looks at, and start only when nothing is red.

Pages, the API and the command line all come through here; nobody can start a campaign past a red finding.
"""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns import campaigns, contact_queue
from campaigns.languages import LANGUAGES
from campaigns.tables import Campaign, CampaignStatus
from dialer import caller_number_rows, endings, gate_check, launch_demands, lawful_message, limits, modes
from dialer.launch_check import Finding, LaunchFacts, launch_check, reds
from dialer.steering import DIALS_AHEAD, is_watched
from dialer.tables import Agent, AgentLanguage
from foundation.errors import Conflict
from foundation.settings import Settings


class NotReadyToStart(Conflict):
    """The launch check is red."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("The launch check is red. " + " ".join(finding.plain for finding in reds(findings)))
        self.findings = findings


def start_campaign(settings: Settings, session: Session, campaign_id: str, now: datetime, *, actor: str) -> Campaign:
    """Let a campaign dial. Starting one that runs changes nothing.

    Raises:
        NotFound: there is no such campaign.
        NotReadyToStart: the launch check is red.
    """
    campaign = campaigns.lock_campaign(session, campaign_id)
    if campaign.status != CampaignStatus.RUNNING:
        findings = look_before_launch(settings, session, campaign, now)
        if reds(findings):
            raise NotReadyToStart(findings)
    return campaigns.start(session, campaign_id, now, actor=actor)


def look_before_launch(settings: Settings, session: Session, campaign: Campaign, now: datetime) -> list[Finding]:
    """The launch check of a campaign as things stand now. Its cost does not grow with the number of contacts."""
    return launch_check(gather_launch_facts(settings, session, campaign, now))


def gather_launch_facts(settings: Settings, session: Session, campaign: Campaign, now: datetime) -> LaunchFacts:
    """What the check looks at, read from rows."""
    lawful, own = 100 * limits.lawful_share(campaign, now), campaign.most_abandoned_percent
    detector = limits.left_by_detector(campaign, now) if is_watched(campaign) and campaign.detect_machines else None
    lowers = own is not None and own < lawful and campaign.pacing_mode in DIALS_AHEAD
    return LaunchFacts(
        waiting=contact_queue.waiting_languages(session, campaign.id),
        agents=_agents_by_language(session, campaign.id),
        scripts=frozenset(language for language in LANGUAGES if campaign.scripts.get(language, "").strip()),
        messages=lawful_message.SPOKEN,
        announced_as=campaign.announced_as,
        hours_left=gate_check.hours_left_today(campaign, now),
        opens_at=gate_check.closed_until(campaign, now),
        has_rules=gate_check.has_rules(campaign),
        spend_cap=settings.daily_spend_cap,
        spent_today=endings.spent_today(settings, session, now) if settings.daily_spend_cap > 0 else 0.0,
        calls_cost=not settings.carrier_is_local,
        ground=launch_demands.ground_demand(session, campaign, now),
        directory=launch_demands.directory_demand(session, campaign, now),
        numbered=caller_number_rows.languages_numbered(session, campaign),
        mode_refusal=modes.refusal_of(campaign.pacing_mode, campaign, now),
        own_limit=f"{own:g}" if lowers else "",
        lawful_limit=f"{lawful:g}",
        detector_limit=f"{100 * detector[0]:g}" if detector else "",
        detector_left=detector[1] / detector[0] if detector else 1.0,
        detector_errors=f"{100 * limits.MACHINE_ERROR_SHARE:g}",
    )


def _agents_by_language(session: Session, campaign_id: str) -> dict[str, int]:
    """How many agents could take this campaign's calls, signed in or not, by language."""
    rows = session.execute(
        select(AgentLanguage.language, func.count())
        .join(Agent, Agent.id == AgentLanguage.agent_id)
        .where(or_(Agent.campaign_id == "", Agent.campaign_id == campaign_id))
        .group_by(AgentLanguage.language)
    )
    return {language: count for language, count in rows}  # noqa: C416 - rows are no pairs to mypy
