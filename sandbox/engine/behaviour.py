"""What one person, machine or agent's phone does on one call, as a value.

How it is drawn is left to `sandbox.people`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# manual: rings until somebody answers by hand, and then stays until somebody hangs up.
Outcome = Literal["human", "machine", "fax", "screened", "busy", "no_answer", "unreachable", "manual"]
OUTCOMES: tuple[Outcome, ...] = ("human", "machine", "fax", "screened", "busy", "no_answer", "unreachable", "manual")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All seconds are carrier seconds. `talk_seconds` None: stays on the line until somebody else hangs up.

    `message_seconds`: how long a machine records; `voice_seconds`: how long a person speaks when asked for a message;
    `agrees`: would say yes to an offer; `connects`: takes a screened call; `drops_after_seconds`: the line breaks then.
    """

    outcome: Outcome
    is_agent: bool = False
    setup_seconds: float = 0.5
    answer_seconds: float = 8.0
    greeting_seconds: float = 0.9
    has_beep: bool = True
    patience_seconds: float = 7.0
    hold_patience_seconds: float = 60.0
    talk_seconds: float | None = None
    message_seconds: float = 60.0
    voice_seconds: float = 6.0
    presses: str = ""
    says: str = ""
    reply_seconds: float = 1.5
    agrees: bool = False
    screening_wait_seconds: float = 12.0
    screening_decision_seconds: float = 5.0
    connects: bool = False
    drops_after_seconds: float | None = None
