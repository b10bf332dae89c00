"""What every pacing policy is given and what it answers. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class ReadyAgent:
    """An agent who waits for a call. `campaign_id` empty: takes calls of every campaign."""

    agent_id: str
    languages: frozenset[str]
    campaign_id: str = ""


@dataclass(frozen=True)
class Line:
    """A call that nobody has picked up yet and that may need an agent soon."""

    campaign_id: str
    language: str


@dataclass(frozen=True)
class PacingFacts:
    """What a policy may know of one campaign at one moment, all of it counted from rows.

    `ready` and `dialing` cover all campaigns, because agents may serve several. `due` is the number of contacts of this
    campaign that may be dialed now, by language, counted no further than is useful. `room` is how many more lines the
    carrier allows.
    """

    campaign_id: str
    is_running: bool
    ready: tuple[ReadyAgent, ...]
    dialing: tuple[Line, ...]
    due: Mapping[str, int]
    room: int
    dial_level: float = 1.0


@dataclass(frozen=True)
class Decision:
    """How many contacts of each language to dial now, and why that many, in words a manager can read."""

    dial: Mapping[str, int] = field(default_factory=dict)
    why: str = ""

    @property
    def total(self) -> int:
        """All contacts to dial now."""
        return sum(self.dial.values())


class PacingPolicy(Protocol):
    """One way to pace."""

    @property
    def name(self) -> str:
        """The campaign's `pacing_mode`."""
        ...

    def decide(self, facts: PacingFacts) -> Decision:
        """How many to dial now. The same facts give the same decision."""
        ...
