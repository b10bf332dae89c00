"""What a manager enters about a campaign, from a form or the API, as the draft that `campaigns` checks."""

import hashlib
import json
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from campaigns.attempts import RetryRule
from campaigns.campaigns import CampaignDraft
from campaigns.tables import Campaign
from dialer.pacing import POLICIES
from foundation.errors import Conflict, Invalid


class RetrySettings(BaseModel):
    """How it goes on after one ending or disposition. What is null is the campaign's general rule."""

    model_config = ConfigDict(extra="forbid")

    delay_minutes: int | None = None
    tries: int | None = None
    number: str = "same"
    other_time: bool = False

    def as_rule(self) -> RetryRule:
        """The rule that `campaigns` checks."""
        return RetryRule(self.delay_minutes, self.tries, self.number, other_time=self.other_time)


class CampaignSettings(BaseModel):
    """A campaign's settings. `scripts` is text by language, with `{{field}}` for merge fields."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    caller_number: str = Field(max_length=40)
    announced_as: str = Field("", max_length=200)
    country: str = Field("CH", min_length=2, max_length=2)
    pacing_mode: str = "progressive"
    dial_level: float = 1.0
    most_abandoned_percent: float | None = None
    max_attempts: int = 4
    retry_minutes: int = 1440
    ring_timeout_seconds: int = 25
    wrap_up_seconds: int = 60
    detect_machines: bool = False
    max_attempts_per_number: int = 20
    retry_rules: dict[str, RetrySettings] = Field(default_factory=dict, max_length=40)
    callback_patience_minutes: int = 30
    preview_seconds: int = 60
    preview_dials_when_over: bool = False
    allows_live_transfer: bool = False
    scripts: dict[str, str] = Field(default_factory=dict)

    def as_draft(self) -> CampaignDraft:
        """The draft. Raises Invalid when there is no such pacing."""
        check_pacing(self.pacing_mode)
        return CampaignDraft(**self.model_dump())


_OFFERED_WITH_MODES = (
    *("pacing_mode", "dial_level", "most_abandoned_percent"),
    *("preview_seconds", "preview_dials_when_over", "allows_live_transfer"),
)


_NO_SETTINGS = {"script_de", "script_fr", "script_it", "script_en", "instead_of"}


class CampaignForm(BaseModel):
    """The page's form: the same, with one field for each script and without what the page does not offer."""

    name: str = Field(max_length=200)
    caller_number: str = Field(max_length=40)
    announced_as: str = Field("", max_length=200)
    max_attempts: int = 4
    retry_minutes: int = 1440
    ring_timeout_seconds: int = 25
    wrap_up_seconds: int = 60
    detect_machines: bool = False
    # These are offered where a campaign is changed.
    pacing_mode: str = ""
    dial_level: float = 1.0
    most_abandoned_percent: Annotated[float | None, BeforeValidator(lambda given: given or None)] = None
    preview_seconds: int = 60
    preview_dials_when_over: bool = False
    allows_live_transfer: bool = False
    script_de: str = Field("", max_length=10_000)
    script_fr: str = Field("", max_length=10_000)
    script_it: str = Field("", max_length=10_000)
    script_en: str = Field("", max_length=10_000)
    instead_of: str = Field("", max_length=16)  # the mark of what the form showed; empty: whatever there is

    def check_seen(self, before: Campaign) -> None:
        """Raise Conflict when a locked campaign is no longer as the form showed it."""
        if self.instead_of not in {"", mark_of(before)}:
            raise Conflict("Somebody else has changed these settings meanwhile. Load the page again.")

    def as_draft(self, before: Campaign | None = None) -> CampaignDraft:
        """The draft; what the form does not offer stays as it was."""
        values = self.model_dump(exclude=_NO_SETTINGS | self._not_said())
        if before is not None:
            values |= {name: getattr(before, name) for name in self._not_said()}
            values |= {
                "country": before.country,
                "max_attempts_per_number": before.max_attempts_per_number,
                "retry_rules": before.retry_rules,
                "callback_patience_minutes": before.callback_patience_minutes,
            }
        check_pacing(values.get("pacing_mode", "progressive"))
        scripts = {"de": self.script_de, "fr": self.script_fr, "it": self.script_it, "en": self.script_en}
        return CampaignDraft(**values, scripts=scripts)

    def _not_said(self) -> set[str]:
        """What a form without the ways of dialing leaves as it was."""
        return set() if self.pacing_mode else set(_OFFERED_WITH_MODES)


def mark_of(campaign: Campaign) -> str:
    """A short hash of what the page's form shows of a campaign."""
    shown = {name: getattr(campaign, name) for name in (*(set(CampaignForm.model_fields) - _NO_SETTINGS), "scripts")}
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def check_pacing(mode: str) -> None:
    """Raise Invalid when there is no such pacing."""
    if mode not in POLICIES:
        raise Invalid("The pacing is one of: %(choices)s.", choices=", ".join(sorted(POLICIES)))
