"""Campaigns, lists and contacts for tests."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaigns.campaigns import CampaignDraft, create_campaign
from campaigns.line_order import LineOrder, order_key
from campaigns.tables import Campaign, Contact, ContactList
from foundation.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def add_campaign(database: Database, name: str = "Spring") -> str:
    """A campaign in draft; its id."""
    with database.transaction() as session:
        return create_campaign(session, CampaignDraft(name, "+41 44 668 18 00"), NOW).id


def add_contacts(database: Database, campaign_id: str, count: int, **columns: Any) -> list[str]:
    """Contacts that wait, due at NOW unless told otherwise; their ids in the order of the line."""
    with database.transaction() as session:
        taken = _next_number(session, campaign_id)
        list_id = f"list_{campaign_id[-8:]}_{taken}"
        session.add(
            ContactList(
                id=list_id,
                campaign_id=campaign_id,
                file_name="list.csv",
                content_hash=list_id,
                encoding="utf-8",
                delimiter=";",
                imported_at=NOW,
            )
        )
        session.flush()
        # As an import writes them: who is due is in the hopper at once.
        due_since = columns.get("not_before", NOW)
        key = order_key(LineOrder(), 0, {}, due_since)
        rows = [
            {
                "id": f"contact_{campaign_id[-8:]}_{number:08}",
                "campaign_id": campaign_id,
                "list_id": list_id,
                "row_number": number,
                "phone_number": f"+4144{number:07}",
                "number_country": "CH",
                "language": "de",
                "not_before": NOW,
                "status_since": NOW,
                "order_key": key,
                "hopper_key": key if due_since <= NOW else None,
                **columns,
            }
            for number in range(taken, taken + count)
        ]
        session.execute(insert(Contact), rows)
        return [row["id"] for row in rows]


def contact(database: Database, contact_id: str) -> Contact:
    """A contact as it is stored now."""
    with database.reading() as session:
        found = session.get(Contact, contact_id)
        assert found is not None
        return found


def campaign(database: Database, campaign_id: str) -> Campaign:
    """A campaign as it is stored now."""
    with database.reading() as session:
        found = session.get(Campaign, campaign_id)
        assert found is not None
        return found


def _next_number(session: Session, campaign_id: str) -> int:
    return 1 + session.query(Contact).filter(Contact.campaign_id == campaign_id).count()
