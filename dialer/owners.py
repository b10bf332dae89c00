"""Callbacks that are one agent's own: when they are dialed, and that they reach their owner."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from campaigns.contact_queue import Terms
from campaigns.tables import Campaign
from dialer.pacing.policy import ReadyAgent


def terms_of(campaign: Campaign, ready: Sequence[ReadyAgent]) -> Terms:
    """On which terms contacts of a campaign are taken while these agents wait for a call."""
    return Terms(
        owners=frozenset(agent.agent_id for agent in ready if agent.campaign_id in {"", campaign.id}),
        patience=timedelta(minutes=campaign.callback_patience_minutes),
        shares={str(list_id): int(share) for list_id, share in campaign.list_mix.items()},
    )


def owner_first(candidates: Sequence[str], owner: str, awaited: Collection[str]) -> list[str]:
    """Who could take an answered call, best first: its owner before all, and last those whose own callbacks ring."""
    return sorted(candidates, key=lambda agent_id: 0 if agent_id == owner else 2 if agent_id in awaited else 1)
