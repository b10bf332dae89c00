"""The receipts of leads as pages and programs show them: checked with our own key first, then read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance import receipts
from foundation.secret_key import derived_key
from foundation.settings import Settings
from leads.tables import Lead


@dataclass(frozen=True)
class ReceiptShown:
    """A lead's receipt: the token itself, whether it bears our signature, and what it says."""

    token: str
    is_valid: bool
    claims: Mapping[str, Any]

    @property
    def ground(self) -> Mapping[str, Any] | None:
        """The ground that the call rested on; None where the law asked for none."""
        found: Mapping[str, Any] | None = self.claims.get("ground")
        return found

    @property
    def checked_at(self) -> datetime | None:
        """When the gate let the call pass."""
        text = self.claims.get("checked_at")
        return datetime.fromisoformat(text) if text else None

    @property
    def ground_as_of(self) -> datetime | None:
        """When the ground was checked or given."""
        return datetime.fromisoformat(self.ground["as_of"]) if self.ground else None


def receipts_of(session: Session, settings: Settings, lead_ids: Collection[str]) -> dict[str, ReceiptShown]:
    """The receipts of these leads; leads of earlier versions have none and are left out."""
    rows = session.execute(select(Lead.id, Lead.receipt).where(Lead.id.in_(lead_ids), Lead.receipt != "")).all()
    if not rows:
        return {}
    public = receipts.public_key(derived_key(settings, receipts.PURPOSE))
    return {lead_id: _shown(token, receipts.check_receipt(token, public)) for lead_id, token in rows}


def _shown(token: str, checked: receipts.Valid | receipts.Forged) -> ReceiptShown:
    match checked:
        case receipts.Valid(claims):
            return ReceiptShown(token, is_valid=True, claims=claims)
        case receipts.Forged():
            return ReceiptShown(token, is_valid=False, claims={})
