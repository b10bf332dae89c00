"""Whether a callback is Twilio's. Nothing else of a request is looked at before this says yes."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from foundation.settings import Settings

SIGNATURE_HEADER = "X-Twilio-Signature"


class _Form(dict[str, list[str]]):
    """Form fields in the shape that the SDK's validator reads repeated keys from."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


class SignatureCheck:
    """Checks callbacks against the configured public address, never against what a proxy or a client claims.

    Two tokens are accepted while one replaces the other.
    """

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._public_url = public_url
        self._validators = [RequestValidator(token) for token in tokens if token]

    @classmethod
    def from_settings(cls, settings: Settings) -> "SignatureCheck":
        """The check that these settings describe."""
        tokens = (settings.twilio_auth_token, settings.twilio_auth_token_previous)
        return cls(settings.public_url, [token.get_secret_value() for token in tokens])

    def read(self, path_and_query: str, body: bytes, signature: str) -> dict[str, str] | None:
        """The form fields of a genuine callback, or None. A repeated field keeps its last value.

        Blank fields count: Twilio sends and signs them.
        """
        if not signature:
            return None
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True)
        except (UnicodeDecodeError, ValueError):
            return None
        form = _Form()
        for name, value in pairs:
            form.setdefault(name, []).append(value)
        url = self._public_url + path_and_query
        if not any(validator.validate(url, form, signature) for validator in self._validators):
            return None
        return dict(pairs)
