"""Reads Twilio's access tokens: a JSON Web Token signed HS256 by an API key, with a voice grant. Pure.

Source: twilio.com/docs/iam/access-tokens; the numbers of the refusals are Twilio's (20101 to 20107).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

CONTENT_TYPE = "twilio-fpa;v=1"
# A machine's clock may be behind the one that made the token by so much.
LEEWAY_SECONDS = 5.0
LONGEST_TOKEN = 8192
LONGEST_LIFE_SECONDS = 86_400.0

# Gives the secret of an API key and the account it belongs to; None for a key that does not exist.
FindKey = Callable[[str], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: to be the phone `client:identity` of an account until `expires_at` (Unix seconds)."""

    account_sid: str
    identity: str
    expires_at: float
    may_be_called: bool

    @property
    def address(self) -> str:
        """The number that is called to reach this phone."""
        return f"client:{self.identity}"


class TokenRefused(ValueError):
    """The token gives no right to be a phone; `code` is Twilio's number."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def read_token(text: str, find_key: FindKey, now: float) -> Grant:
    """Check signature, times and grants. TokenRefused says what is wrong, and never what the secret is."""
    header, claims = _open(text)
    if header.get("alg") != "HS256" or header.get("cty") != CONTENT_TYPE:
        raise TokenRefused(20102, f"Invalid Access Token header: alg HS256 and cty {CONTENT_TYPE} are needed")
    key = find_key(str(claims.get("iss", "")))
    if key is None or key[1] != claims.get("sub"):
        raise TokenRefused(20103, "Invalid Access Token issuer/subject")
    if not _is_signed_by(text, key[0]):
        raise TokenRefused(20107, "Invalid Access Token signature")
    expires_at = _check_times(claims, now)
    return _read_grants(claims, key[1], expires_at)


def _open(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = text.split(".")
    if len(text) > LONGEST_TOKEN or len(parts) != 3:
        raise TokenRefused(20101, "Invalid Access Token")
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
    except ValueError as error:
        raise TokenRefused(20101, "Invalid Access Token") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenRefused(20101, "Invalid Access Token")
    return header, claims


def _decode(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _is_signed_by(text: str, secret: str) -> bool:
    signed, _, signature = text.rpartition(".")
    try:
        said = _decode(signature)
    except ValueError:
        return False
    return hmac.compare_digest(said, hmac.new(secret.encode(), signed.encode(), sha256).digest())


def _check_times(claims: dict[str, Any], now: float) -> float:
    expires_at, not_before = claims.get("exp"), claims.get("nbf")
    if not isinstance(expires_at, int | float) or now > expires_at + LEEWAY_SECONDS:
        raise TokenRefused(20104, "Access Token expired or expiration date invalid")
    if expires_at > now + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS:
        raise TokenRefused(20104, "Access Token lives longer than 24 hours")
    if not_before is not None and (not isinstance(not_before, int | float) or now < not_before - LEEWAY_SECONDS):
        raise TokenRefused(20105, "Access Token not yet valid")
    return float(expires_at)


def _read_grants(claims: dict[str, Any], account_sid: str, expires_at: float) -> Grant:
    grants = claims.get("grants")
    voice = grants.get("voice") if isinstance(grants, dict) else None
    identity = grants.get("identity") if isinstance(grants, dict) else None
    if not isinstance(voice, dict) or not isinstance(identity, str) or not 0 < len(identity) <= 121:
        raise TokenRefused(20106, "Invalid Access Token grants: an identity and a voice grant are needed")
    incoming = voice.get("incoming")
    return Grant(account_sid, identity, expires_at, isinstance(incoming, dict) and incoming.get("allow") is True)
