"""Only a token that Twilio's own SDK would make with the right key makes a browser a phone."""

import base64
import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from sandbox.phones.tokens import Grant, TokenRefused, read_token

ACCOUNT, KEY, SECRET = "AC" + "1" * 32, "SK" + "2" * 32, "a-secret-of-thirty-two-characters"
NOW = 1_800_000_000.0


def find_key(sid: str) -> tuple[str, str] | None:
    return (SECRET, ACCOUNT) if sid == KEY else None


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(header: dict[str, Any] | None = None, secret: str = SECRET, **claims: Any) -> str:
    head = {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"} | (header or {})
    body = {
        "iss": KEY,
        "sub": ACCOUNT,
        "exp": NOW + 3600,
        "grants": {"identity": "ann", "voice": {"incoming": {"allow": True}}},
    } | claims
    text = f"{part(head)}.{part(body)}"
    signature = base64.urlsafe_b64encode(hmac.new(secret.encode(), text.encode(), sha256).digest()).decode().rstrip("=")
    return f"{text}.{signature}"


def refusal(text: str) -> int:
    with pytest.raises(TokenRefused) as refused:
        read_token(text, find_key, NOW)
    assert SECRET not in str(refused.value)
    return refused.value.code


def test_token_of_twilios_own_sdk_is_taken() -> None:
    made = AccessToken(ACCOUNT, KEY, SECRET, identity="ann", ttl=600)
    made.add_grant(VoiceGrant(incoming_allow=True))
    issued = json.loads(base64.urlsafe_b64decode(made.to_jwt().split(".")[1] + "=="))
    grant = read_token(made.to_jwt(), find_key, issued["exp"] - 600)
    assert grant == Grant(ACCOUNT, "ann", issued["exp"], may_be_called=True)
    assert grant.address == "client:ann"


def test_token_without_leave_to_be_called_is_read_so() -> None:
    assert not read_token(token(grants={"identity": "ann", "voice": {}}), find_key, NOW).may_be_called
    wrong = {"identity": "ann", "voice": {"incoming": {"allow": "true"}}}
    assert not read_token(token(grants=wrong), find_key, NOW).may_be_called


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 20101),
        ("a.b", 20101),
        ("a.b.c", 20101),
        ("é.é.é", 20101),
        (f"{part([])}.{part({})}.x", 20101),
        ("x" * 9000 + ".b.c", 20101),
        (token({"alg": "none"}), 20102),
        (token({"alg": "RS256"}), 20102),
        (token({"cty": "x"}), 20102),
        (token(iss="SK" + "3" * 32), 20103),
        (token(sub="AC" + "9" * 32), 20103),
        (token(exp=NOW - 60), 20104),
        (token(exp=None), 20104),
        (token(exp="soon"), 20104),
        (token(exp=NOW + 90_000), 20104),
        (token(nbf=NOW + 60), 20105),
        (token(grants={"identity": "ann"}), 20106),
        (token(grants={"voice": {}}), 20106),
        (token(grants={"identity": "", "voice": {}}), 20106),
        (token(grants=[]), 20106),
        (token(secret="another-secret"), 20107),
        (token()[:-2], 20107),
        (token().rpartition(".")[0] + ".", 20107),
    ],
)
def test_any_other_token_is_refused_with_twilios_number(text: str, code: int) -> None:
    assert refusal(text) == code


def test_signature_over_other_claims_is_refused() -> None:
    head, _, signature = token().split(".")
    body = part({"iss": KEY, "sub": ACCOUNT, "exp": NOW + 60, "grants": {"identity": "boss", "voice": {}}})
    assert refusal(f"{head}.{body}.{signature}") == 20107
