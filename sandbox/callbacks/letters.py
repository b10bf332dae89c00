"""What is to be sent to the application, and how sending ended, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.engine.orders import Params, Webhook

# What may be worth another try, in the words of Twilio's retry policy.
Trouble = Literal["ct", "rt", "4xx", "5xx"]
Spoiling = Literal["", "wrong_signature", "no_signature"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One request to the application, whatever it is for. `token` is the same on each try and in each copy."""

    topic: str
    event: str
    sid: str
    webhook: Webhook
    params: Params
    token: str
    spoiling: Spoiling = ""

    def param(self, name: str) -> str:
        """Return one parameter, or an empty string."""
        return next((value for key, value in self.params if key == name), "")


@dataclass(frozen=True, slots=True)
class Answered:
    """The application's answer; `status` 0 when none came. `code` is Twilio's error number, 0 when all went well.

    `sound_seconds`: how long it lasts, if it is a sound that tells.
    """

    status: int
    content_type: str = ""
    body: str = ""
    trouble: Trouble | None = None
    code: int = 0
    sound_seconds: float | None = None
