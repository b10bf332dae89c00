"""Every setting of the program, typed, in one class. Built in `main`, never at import; see `.env.example`."""

import re
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.clock import Clock
from foundation.errors import Unconfigured

# Credentials of the sandbox carrier. They are public, so the program refuses them anywhere else.
_HOURS = re.compile(r"[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}( [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2})*")
SANDBOX_ACCOUNT_SID = "AC00000000000000000000000000000000"
SANDBOX_AUTH_TOKEN = "sandbox-auth-token-not-a-secret"  # noqa: S105 - public on purpose, refused outside the sandbox
SANDBOX_API_KEY_SID = "SK00000000000000000000000000000000"
SANDBOX_API_KEY_SECRET = "sandbox-api-key-that-is-not-a-secret"  # noqa: S105 - as above

# The least that SECRET_KEY, or its file, must hold, in bytes.
SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """Settings by environment variable, or from a file `.env` in the working directory."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    # Where things are kept.
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    redis_port: int = 6390
    database_pool_size: int = 10

    # Addresses.
    bind_host: str = "127.0.0.1"
    web_port: int = 8000
    webhooks_port: int = 8001
    sandbox_port: int = 8002
    web_url: str = ""
    public_url: str = ""

    # The carrier.
    twilio_account_sid: str = SANDBOX_ACCOUNT_SID
    twilio_auth_token: SecretStr = SecretStr(SANDBOX_AUTH_TOKEN)
    twilio_auth_token_previous: SecretStr = SecretStr("")
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: SecretStr = SecretStr("")
    twilio_api_url: str = ""
    carrier_timeout_seconds: float = 30.0
    calls_per_second: float = 1.0
    calls_in_flight: int = 100
    daily_spend_cap: float = 0.0
    call_price_per_minute: float = 0.03

    # Signs receipts and hides erased numbers; empty: made once, in DATA_DIR. It may never change.
    secret_key: SecretStr = SecretStr("")

    # How the dialer works.
    tick_seconds: float = 1.0
    sweep_seconds: float = 2.0
    placing_threads: int = 16
    unknown_hold_seconds: float = 900.0
    # So long a customer waits for an agent whose browser was lost in the talk; then they are called back.
    agent_back_seconds: float = Field(20.0, ge=5, le=120)
    # So long an agent may correct what they said of a call; 0: not at all.
    correction_minutes: int = Field(10, ge=0, le=60)
    # Business hours of leads, Swiss time: when the clocks of offers run, and how long they run.
    business_hours: str = "08:00-12:00 13:00-17:00"
    # Whose holidays count when staff are to decide a dispute.
    office_canton: str = "ZH"
    offer_hours: float = 8.0
    hot_offer_hours: float = 2.0
    first_contact_hours: float = 4.0

    # Time. A rehearsal runs on a faster clock that all processes share; refused with a real carrier.
    clock_speed: float = 1.0
    clock_origin: datetime | None = None
    clock_epoch_real: float = 0.0

    # What leaves the house: letters, and events to partners' programs.
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    webhooks_anywhere: bool = False

    # How long what is known of people is kept, in days; `halali privacy retention --dry-run` says what would go.
    keep_offers_days: int = 30
    keep_lost_leads_days: int = 365
    keep_won_leads_days: int = 3650
    keep_disclosures_days: int = 730
    keep_messages_days: int = 180
    keep_guests_days: int = 365
    keep_refused_rows_days: int = 90
    keep_callbacks_days: int = 30
    keep_contacts_days: int = 1095

    # People who sign in.
    session_hours: float = 12.0
    # The largest contact list that the pages and the API take; `halali import` takes 512 MB.
    upload_megabytes: int = Field(200, ge=1, le=512)
    secure_cookies: bool = False
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _fill_in_addresses(self) -> Self:
        self.database_url = self.database_url or f"sqlite:///{self.data_dir / 'halali.db'}"
        self.redis_url = self.redis_url or f"redis://127.0.0.1:{self.redis_port}/0"
        self.web_url = (self.web_url or f"http://{self.bind_host}:{self.web_port}").rstrip("/")
        self.public_url = (self.public_url or f"http://{self.bind_host}:{self.webhooks_port}").rstrip("/")
        if self.uses_sandbox_credentials and not self.twilio_api_url:
            self.twilio_api_url = f"http://{self.bind_host}:{self.sandbox_port}"
        if self.uses_sandbox_credentials and not self.twilio_api_key_sid:
            self.twilio_api_key_sid = SANDBOX_API_KEY_SID
            self.twilio_api_key_secret = SecretStr(SANDBOX_API_KEY_SECRET)
        return self

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        local = self.carrier_is_local
        if self.uses_sandbox_credentials and not local:
            raise ValueError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are the sandbox's public ones: set your own")
        if not local and self.twilio_api_key_secret.get_secret_value() == SANDBOX_API_KEY_SECRET:
            raise ValueError("TWILIO_API_KEY_SECRET is the sandbox's public one: set your own")
        if self.clock_speed != 1.0 and not local:
            raise ValueError("CLOCK_SPEED other than 1 works only with the sandbox carrier")
        if not local and not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must be the https address at which the carrier reaches the webhooks")
        if min(days for name, days in self if name.startswith("keep_") and name.endswith("_days")) < 1:
            raise ValueError("KEEP_…_DAYS must be 1 or more")
        if self.webhooks_anywhere and not local:
            raise ValueError("WEBHOOKS_ANYWHERE works only with the sandbox carrier")
        if self.calls_per_second <= 0:
            raise ValueError("CALLS_PER_SECOND must be above 0")
        if min(self.offer_hours, self.hot_offer_hours, self.first_contact_hours) <= 0:
            raise ValueError("OFFER_HOURS, HOT_OFFER_HOURS and FIRST_CONTACT_HOURS must be above 0")
        return self

    @model_validator(mode="after")
    def _refuse_what_cannot_be_meant(self) -> Self:
        secret = self.secret_key.get_secret_value().encode()
        if secret and len(secret) < SHORTEST_SECRET:
            raise ValueError(
                f"SECRET_KEY needs {SHORTEST_SECRET} characters or more; `openssl rand -hex 32` makes one. "
                "Once in use it may never change"
            )
        ports = (self.web_port, self.webhooks_port, self.sandbox_port, self.redis_port)
        if not self.database_url.startswith(("sqlite:///", "sqlite+pysqlite:///", "postgresql", "postgres://")):
            raise ValueError("DATABASE_URL must be empty, or such as postgresql://halali:secret@db.example.com/halali")
        if self.log_level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
        if not all(0 <= port <= 65_535 for port in ports):
            raise ValueError("WEB_PORT, WEBHOOKS_PORT, SANDBOX_PORT and REDIS_PORT must be at most 65535")
        if not _HOURS.fullmatch(self.business_hours):
            raise ValueError("BUSINESS_HOURS must be written as 08:00-12:00 13:00-17:00")
        return self

    @property
    def uses_sandbox_credentials(self) -> bool:
        """Whether one of the two carrier credentials is the public one of the sandbox."""
        return (
            self.twilio_account_sid == SANDBOX_ACCOUNT_SID
            or self.twilio_auth_token.get_secret_value() == SANDBOX_AUTH_TOKEN
        )

    @property
    def carrier_is_local(self) -> bool:
        """Whether the carrier is a server on this machine, which cannot ring a real phone."""
        return urlsplit(self.twilio_api_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def redis_is_embedded(self) -> bool:
        """Whether `halali up` starts its own Redis-compatible server."""
        return self.redis_url == f"redis://127.0.0.1:{self.redis_port}/0"

    def clock(self) -> Clock:
        """The clock that these settings describe."""
        return Clock(self.clock_speed, self.clock_origin, self.clock_epoch_real)


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; an error says which variable to mend.

    Raises:
        Unconfigured: a variable is missing, malformed or unsafe.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            lines.append(f"{name + ': ' if name else ''}{problem['msg'].removeprefix('Value error, ')}")
        raise Unconfigured("; ".join(lines)) from error
