"""Receipts in the API: why the customer of an offered lead could be called, and the key that checks it."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from compliance import receipts
from foundation.errors import NotFound
from foundation.secret_key import derived_key
from leads import partner_view
from web.caller import AnyCaller, PartnerCaller
from web.receipt_view import receipts_of

router = APIRouter(tags=["receipts"])


class ReceiptOut(BaseModel):
    """A receipt (JSON Web Signature, EdDSA) and what it says."""

    receipt: str
    is_valid: bool
    claims: dict[str, Any]


class KeysOut(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]


@router.get("/receipt-keys")
def list_keys(caller: AnyCaller) -> KeysOut:
    """The public keys with which receipts can be checked without us."""
    public = receipts.public_key(derived_key(caller.parts.settings, receipts.PURPOSE))
    return KeysOut(keys=[receipts.public_jwk(public)])


@router.get("/offers/{offer_id}/receipt")
def show_receipt(caller: PartnerCaller, offer_id: str) -> ReceiptOut:
    """The receipt of an offered lead. It names nobody, so it is shown before the lead is accepted."""
    with caller.parts.database.reading() as session:
        offer = partner_view.view_offer(session, caller.person.partner_id, offer_id)
        found = receipts_of(session, caller.parts.settings, [offer.lead_id]).get(offer.lead_id)
    if found is None:
        raise NotFound("This lead has no receipt.")
    return ReceiptOut(receipt=found.token, is_valid=found.is_valid, claims=dict(found.claims))
