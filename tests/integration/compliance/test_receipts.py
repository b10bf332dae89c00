"""Receipts that travel with leads: signed, checked, and forged."""

import base64
import json
from datetime import UTC, datetime

import jwt
import pytest

from compliance.receipts import (
    TYPE,
    Forged,
    Origin,
    Valid,
    check_receipt,
    public_jwk,
    public_key,
    read_jwk,
    sign_receipt,
)
from compliance.tables import GroundUse, LawfulGround
from foundation.database import Database

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
VERDICT = {
    "verdict": "allowed",
    "at": NOW.isoformat(),
    "rules": ["CH-ground"],
    "ground": "ground_1",
    "rules_digest": "d" * 64,
    "facts": {"country": "CH"},
}


@pytest.fixture
def receipt(sqlite_database: Database) -> str:
    ground = LawfulGround(
        id="ground_1",
        subject_kind="number",
        subject="+41446681800",
        kind="listed_without_star",
        as_of=NOW,
        source="local.ch",
        stated_by="A. Tester",
        evidence_hash="e" * 64,
        attested_at=NOW,
        attested_by="user_1",
    )
    use = GroundUse(
        number=1, at=NOW, call_id="call_1", ground_id="ground_1", ground_hash="g", previous_hash="0", hash="h"
    )
    with sqlite_database.transaction() as session:
        session.add_all([ground, use])
        session.flush()
        return sign_receipt(session, KEY, Origin("lead_1", "call_1", VERDICT), NOW)


def test_a_receipt_says_why_and_names_nobody(receipt: str) -> None:
    checked = check_receipt(receipt, public_key(KEY))
    assert isinstance(checked, Valid)
    assert checked.claims["lead"] == "lead_1"
    assert checked.claims["ground"]["kind"] == "listed_without_star"
    assert (checked.claims["ground"]["source"], checked.claims["ground"]["stated_by"]) == ("local.ch", "A. Tester")
    assert checked.claims["ledger"] == {"number": 1, "hash": "h", "ground_hash": "g"}
    assert "6681800" not in json.dumps(checked.claims)


def test_whoever_has_the_public_key_can_check_it(receipt: str) -> None:
    handed_over = json.loads(json.dumps(public_jwk(public_key(KEY))))
    assert "d" not in handed_over
    assert isinstance(check_receipt(receipt, read_jwk(handed_over)), Valid)
    assert jwt.get_unverified_header(receipt)["kid"] == handed_over["kid"]


def _changed(receipt: str) -> str:
    head, body, signature = receipt.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["ground"]["kind"] = "consent"
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{signature}"


def test_a_receipt_that_was_changed_or_is_another_thing_is_forged(receipt: str) -> None:
    public = public_key(KEY)
    unsigned = jwt.encode({"lead": "lead_1"}, "", algorithm="none", headers={"typ": TYPE})
    symmetric = jwt.encode({"lead": "lead_1"}, "s" * 32, algorithm="HS256", headers={"typ": TYPE})
    for token in (_changed(receipt), unsigned, symmetric, "", "a.b.c", receipt[:-4]):
        assert isinstance(check_receipt(token, public), Forged), token
    assert isinstance(check_receipt(receipt, public_key(OTHER_KEY)), Forged)


def test_another_kind_of_key_is_refused() -> None:
    for jwk in ({}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {"kty": "OKP", "crv": "Ed25519"}):
        with pytest.raises(ValueError, match=r"."):
            read_jwk(jwk)
