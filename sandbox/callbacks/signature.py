"""Signs requests as Twilio does, so that any Twilio validator accepts them.

Source: Twilio's "Webhooks security" page: base64(HMAC-SHA1(token, URL + each sorted key with its sorted values)), and
the SDKs' validators for JSON bodies (`bodySHA256`), credentials in the URL (part of what is signed) and shared keys.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A key of Twilio's Webhooks configuration: it signs with HMAC-SHA256 instead of the account's token."""

    name: str
    secret: str

    @property
    def settings(self) -> str:
        """The header that tells the application which key signed."""
        return f"key={self.name},algorithm=HMAC_SHA256"


def read_shared_key(text: str) -> SharedKey | None:
    """Read `name:secret`, None from an empty text. Raises ValueError for anything else."""
    name, _, secret = text.partition(":")
    if text and not (name and secret):
        raise ValueError("a shared key is written as name:secret")
    return SharedKey(name, secret) if text else None


def sign(auth_token: str, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """Return the X-Twilio-Signature of a request. GET and JSON requests sign the URL alone, never a fragment."""
    return _sign(sha1, auth_token, url, params)


def sign_with_key(key: SharedKey, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """Return the signature by a shared key; only the hash is another."""
    return _sign(sha256, key.secret, url, params)


def body_hash(body: bytes) -> str:
    """Return what goes into the URL as `bodySHA256` when the body is JSON."""
    return sha256(body).hexdigest()


def _sign(hashing: Callable[..., Any], secret: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    text = url + "".join(key + value for key, value in sorted(set(params)))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashing)).decode()
