"""Picks the real parts of a process, once. Tests build the same parts with other settings."""

from dataclasses import dataclass
from functools import lru_cache

from foundation.clock import Clock
from foundation.database import Database
from foundation.live import Live
from foundation.queue import Queue
from foundation.runtime import Runtime, build_runtime, process_runtime
from foundation.settings import Settings
from telephony.carrier import Carrier
from telephony.carriers import build_carrier


@dataclass(frozen=True)
class Parts:
    """What the dialer works with: the ground parts and a carrier."""

    runtime: Runtime
    carrier: Carrier

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.runtime.settings

    @property
    def clock(self) -> Clock:
        """The clock that all processes share."""
        return self.runtime.clock

    @property
    def database(self) -> Database:
        """The truth."""
        return self.runtime.database

    @property
    def queue(self) -> Queue:
        """The queue of jobs."""
        return self.runtime.queue

    @property
    def live(self) -> Live:
        """News and bells."""
        return self.runtime.live


def build_parts(settings: Settings) -> Parts:
    """The parts that `settings` describe."""
    return Parts(build_runtime(settings), build_carrier(settings))


@lru_cache(maxsize=1)
def process_parts() -> Parts:
    """This process's own parts, for job functions, which are handed nothing but ids."""
    runtime = process_runtime()
    return Parts(runtime, build_carrier(runtime.settings))
