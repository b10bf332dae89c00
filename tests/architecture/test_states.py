"""Every state that can stick has a sweeper, every status has a word in the glossary, every arrow leads somewhere."""

import re
from datetime import timedelta
from enum import StrEnum

import pytest

from campaigns.tables import CampaignStatus, ContactStatus
from dialer.agent_states import MOVES, AgentStatus
from dialer.call_states import FINAL, LIVE, TRANSITIONS, CallStatus, What
from dialer.sweep import PATIENCE
from dialer.transfer_states import TransferStatus
from events.seat_states import EventStatus, SeatStatus
from leads.lead_states import LeadStatus, OfferStatus
from tests.architecture.source_tree import ROOT

STATUSES: tuple[type[StrEnum], ...] = (
    CallStatus,
    AgentStatus,
    CampaignStatus,
    ContactStatus,
    LeadStatus,
    OfferStatus,
    EventStatus,
    SeatStatus,
    TransferStatus,
)


@pytest.mark.parametrize("status", sorted(LIVE))
def test_each_state_a_call_can_stick_in_has_a_sweeper_with_a_stated_patience(status: CallStatus) -> None:
    assert status in PATIENCE, f"dialer.sweep.PATIENCE says nothing of {status}: a call could stay {status} for ever"
    assert timedelta(0) < PATIENCE[status].on_clock <= timedelta(hours=1)
    assert 0 < PATIENCE[status].real_seconds <= 60


def test_the_sweep_leaves_ended_calls_alone() -> None:
    assert not set(PATIENCE) & FINAL


@pytest.mark.parametrize("status", sorted(LIVE))
def test_each_live_state_of_a_call_can_be_reached_and_left(status: CallStatus) -> None:
    assert status == CallStatus.QUEUED or status in TRANSITIONS.values()
    assert any(before == status for before, _ in TRANSITIONS)


def test_only_late_news_of_a_meeting_leaves_a_final_state_of_a_call_and_for_another_one() -> None:
    leaving = {(before, what): after for (before, what), after in TRANSITIONS.items() if before in FINAL}
    assert {what for _, what in leaving} == {What.MET}
    assert set(leaving.values()) == {CallStatus.COMPLETED}
    assert not [before for before, _ in leaving if before == CallStatus.COMPLETED]


@pytest.mark.parametrize("status", sorted(FINAL))
def test_each_final_state_of_a_call_can_be_reached(status: CallStatus) -> None:
    assert status in TRANSITIONS.values()


@pytest.mark.parametrize("status", sorted(AgentStatus))
def test_each_state_of_an_agent_can_be_reached_and_left(status: AgentStatus) -> None:
    assert status in MOVES.values()
    assert any(before == status for before, _ in MOVES)


@pytest.mark.parametrize("statuses", STATUSES, ids=lambda statuses: statuses.__name__)
def test_each_status_is_in_the_glossary(statuses: type[StrEnum]) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    words = set(re.findall(r"[a-z]+(?:_[a-z]+)*", glossary)) | {
        "_".join(pair) for pair in re.findall(r"(?=\b([a-z]+)[ -]([a-z]+)\b)", glossary)
    }
    missing = [status for status in statuses if status not in words]
    assert not missing, f"docs/glossary.md does not explain {', '.join(missing)}"
