"""Signed receipts: why a customer could be called, as a JSON Web Signature (RFC 7515, 8037) that travels with the lead.

A receipt names the ground, the rules and the row of the ledger, and nobody: no customer, no number. Whoever has the
public key can check it without us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm
from sqlalchemy.orm import Session

from compliance.ground_uses import use_of_call
from compliance.tables import LawfulGround

ALGORITHM = "EdDSA"
TYPE = "halali-receipt+jwt"
PURPOSE = "receipt"  # for which the signing key is derived


@dataclass(frozen=True)
class Valid:
    """A receipt as we signed it."""

    claims: Mapping[str, Any]


@dataclass(frozen=True)
class Forged:
    """Not a receipt of this key, or changed since."""

    why: str


@dataclass(frozen=True)
class Origin:
    """Where a lead comes from: its call, and what the gate said of it, as the call keeps it."""

    lead_id: str
    call_id: str
    verdict: Mapping[str, Any]


def sign_receipt(session: Session, key: bytes, origin: Origin, now: datetime) -> str:
    """The receipt of a lead."""
    verdict = origin.verdict
    claims = {
        "iat": int(now.timestamp()),
        "lead": origin.lead_id,
        "call": origin.call_id,
        "verdict": verdict.get("verdict", ""),
        "checked_at": verdict.get("at", ""),
        "country": verdict.get("facts", {}).get("country", ""),
        "rules": list(verdict.get("rules", ())),
        "rules_digest": verdict.get("rules_digest", ""),
        "ground": _ground_claims(session, str(verdict.get("ground", ""))),
    }
    if (use := use_of_call(session, origin.call_id)) is not None:
        claims["ledger"] = {"number": use.number, "hash": use.hash, "ground_hash": use.ground_hash}
    private = Ed25519PrivateKey.from_private_bytes(key)
    return jwt.encode(claims, private, ALGORITHM, headers={"typ": TYPE, "kid": key_id(private.public_key())})


def check_receipt(token: str, public: Ed25519PublicKey) -> Valid | Forged:
    """Whether a receipt was signed with the key that belongs to this public one, and what it says."""
    try:
        head = jwt.get_unverified_header(token)
        if head.get("typ") != TYPE:
            return Forged("this is not a receipt")
        claims = jwt.decode(token, public, algorithms=[ALGORITHM], options={"verify_iat": False})
    except jwt.InvalidTokenError as error:
        return Forged(str(error) or type(error).__name__)
    return Valid(claims)


def public_key(key: bytes) -> Ed25519PublicKey:
    """The public half of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key()


def public_jwk(public: Ed25519PublicKey) -> dict[str, Any]:
    """The public key as a JSON Web Key, to be handed to partners."""
    return {**OKPAlgorithm.to_jwk(public, as_dict=True), "alg": ALGORITHM, "use": "sig", "kid": key_id(public)}


def read_jwk(jwk: Mapping[str, Any]) -> Ed25519PublicKey:
    """The public key that a JSON Web Key holds. Raises ValueError when it holds another kind."""
    try:
        found = OKPAlgorithm.from_jwk(dict(jwk))
    except jwt.InvalidKeyError as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("this is not a public Ed25519 key")  # noqa: TRY004 - the type is the vendor's affair
    return found


def key_id(public: Ed25519PublicKey) -> str:
    """What tells one public key from another."""
    return str(OKPAlgorithm.to_jwk(public, as_dict=True)["x"])[:12]


def _ground_claims(session: Session, ground_id: str) -> dict[str, Any] | None:
    ground = session.get(LawfulGround, ground_id) if ground_id else None
    if ground is None:
        return None
    return {
        "id": ground.id,
        "kind": ground.kind,
        "as_of": ground.as_of.astimezone(UTC).isoformat(),
        "source": ground.source,
        "stated_by": ground.stated_by,
        "for": ground.subject_kind,
        "party": ground.party,
        "evidence_sha256": ground.evidence_hash,
        "attested_at": ground.attested_at.astimezone(UTC).isoformat(),
    }
