"""Answering machine detection as a formula: from how long the answerer speaks to Twilio's verdict and when it falls.

Thresholds are Twilio's own (speech, speech end, silence, timeout). Nothing is sent from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.orders import Detection

PICKUP_PAUSE_SECONDS = 0.4
FAX_TONE_SECONDS = 3.0
BEEP_AFTER_GREETING_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who answered, and how many carrier seconds after the answer this is known."""

    answered_by: str
    seconds: float


def judge(person: Behaviour, detection: Detection) -> Verdict:
    """Return what the detector says. A long hello passes for a machine, a short greeting for a person, as in life."""
    verdict = _judge_without_timeout(person, detection)
    if verdict.seconds <= detection.timeout_seconds:
        return verdict
    # The greeting was heard out, but not what follows it: a machine's end of neither kind.
    ended = PICKUP_PAUSE_SECONDS + person.greeting_seconds <= detection.timeout_seconds
    is_machine = verdict.answered_by.startswith("machine_end")
    return Verdict("machine_end_other" if is_machine and ended else "unknown", detection.timeout_seconds)


def _judge_without_timeout(person: Behaviour, detection: Detection) -> Verdict:
    if person.outcome == "fax":
        return Verdict("fax", FAX_TONE_SECONDS)
    if person.greeting_seconds <= 0.0:
        return Verdict("unknown", detection.silence_timeout_seconds)
    speech_end = PICKUP_PAUSE_SECONDS + person.greeting_seconds
    if person.greeting_seconds < detection.speech_threshold_seconds:
        return Verdict("human", speech_end + detection.speech_end_threshold_seconds)
    if detection.mode == "Enable":
        return Verdict("machine_start", PICKUP_PAUSE_SECONDS + detection.speech_threshold_seconds)
    if person.outcome == "machine" and person.has_beep:
        return Verdict("machine_end_beep", speech_end + BEEP_AFTER_GREETING_SECONDS)
    return Verdict("machine_end_silence", speech_end + detection.speech_end_threshold_seconds)
