"""Opaque secrets for sessions and API tokens: random, shown once, kept only as a hash."""

import hashlib
import hmac
import secrets


def new_token(prefix: str) -> str:
    """A fresh secret of 256 bits with a prefix that says what it is for, so that leaked ones can be recognised."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """What is stored in place of a token. A plain hash is enough: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign(secret: str, text: str) -> str:
    """A keyed hash of `text` in hexadecimal."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signature_matches(secret: str, text: str, signature: str) -> bool:
    """Whether `signature` is the keyed hash of `text`, in constant time."""
    return hmac.compare_digest(sign(secret, text), signature)
