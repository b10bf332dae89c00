"""The settings under which the product is measured: an environment for its processes, an object for our own."""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.grounds import Ground
from foundation.settings import Settings

# A Tuesday, nine in the morning in London and ten in Zurich: dialing is lawful for hours to come.
WORKING_HOUR = "2026-03-10T09:00:00+00:00"
# Nobody listens there: for measurements in which the carrier is not asked.
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Stage:
    """What differs between benchmarks. `started_at` is the Unix time at which the product's clock shows the hour."""

    ground: Ground
    started_at: float
    webhooks_port: int = 9
    carrier_url: str = NOWHERE
    further: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """For the product's own processes."""
        return {
            "DATA_DIR": str(self.ground.folder),
            "DATABASE_URL": self.ground.database_url,
            "REDIS_URL": self.ground.redis_url,
            "WEBHOOKS_PORT": str(self.webhooks_port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.webhooks_port}",
            "TWILIO_API_URL": self.carrier_url,
            "CALLS_IN_FLIGHT": "100000",
            "LOG_LEVEL": "WARNING",
            "CLOCK_ORIGIN": WORKING_HOUR,
            "CLOCK_EPOCH_REAL": repr(self.started_at),
            **self.further,
        }

    def settings(self) -> Settings:
        """The same for code that runs in this process; a file `.env` is not read."""
        given: dict[str, Any] = {name.lower(): value for name, value in self.environment().items()}
        return Settings(**given, _env_file=None)
