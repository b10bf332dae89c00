"""`halali doctor`: looks at everything that Halali needs and says what is wrong and what to do. Changes nothing."""

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import typer
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from accounts.audit import Broken, verify_chain
from accounts.users import has_any_admin
from campaigns.tables import Campaign, CampaignStatus
from cli.access import first_line
from cli.options import AsJson, single
from cli.output import paint, show, show_json, wants_colour
from compliance import do_not_call
from dialer.tables import InboxEntry
from foundation.clock import Clock
from foundation.errors import HalaliError, Unavailable
from foundation.mail import MailServer, NotTaken
from foundation.runtime import Runtime, build_runtime
from foundation.secret_key import FILE_NAME, derived_key, is_in_place
from foundation.settings import load_settings
from migrations import current_revision, newest_revision
from telephony.carriers import api_address, build_carrier

OLDEST_REDIS = (6, 2)
DRIFT_TOLERATED_SECONDS = 30.0
# Callbacks are applied within a second; what waits for so long waits for a reporter that is not there.
INBOX_PATIENCE_SECONDS = 60.0
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `detail` says what was found and, where it is not well, what to do."""

    name: str
    ok: bool
    detail: str


def doctor(as_json: AsJson = False) -> None:
    """Check database, Redis, carrier, addresses, clock, mail, caller numbers, inbox, audit trail and secret key."""
    runtime = build_runtime(load_settings())
    try:
        findings = list(examine(runtime))
    finally:
        runtime.database.dispose()
        runtime.redis.close()
    if as_json:
        show_json({"ok": all(each.ok for each in findings), "checks": [asdict(each) for each in findings]})
    colours = wants_colour(sys.stdout.isatty())
    for each in () if as_json else findings:
        mark = paint("ok  ", "green", wanted=colours) if each.ok else paint("BAD ", "red", wanted=colours)
        show(f"{mark} {each.name:<15} {each.detail}")
    if not all(each.ok for each in findings):
        raise typer.Exit(1)


def examine(runtime: Runtime) -> Iterator[Finding]:
    """All findings, one after the other. What needs the database is left out where there is none."""
    database = _find("database", lambda: _database(runtime))
    yield database
    yield _find("redis", lambda: _redis(runtime))
    yield _find("carrier", lambda: _carrier(runtime))
    yield _find("public address", lambda: _public_address(runtime))
    yield _find("clock", lambda: _clock(runtime))
    yield _find("mail", lambda: _mail(runtime))
    if database.ok:
        yield _find("caller numbers", lambda: _caller_numbers(runtime))
        yield _find("inbox", lambda: _inbox(runtime))
        yield _find("audit trail", lambda: _audit_trail(runtime))
        yield _find("secret key", lambda: _secret_key(runtime))
        yield _find("administrator", lambda: _administrator(runtime))


class _NotWell(HalaliError):
    """Something is not as it should be."""


def _find(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except DBAPIError as error:
        return Finding(name, False, f"the database says: {first_line(error)}; check DATABASE_URL")
    except RedisError as error:
        return Finding(name, False, f"{error}; check REDIS_URL, or start Halali")
    except httpx.HTTPError as error:
        return Finding(name, False, f"no answer ({type(error).__name__}); is it running?")
    except HalaliError as error:
        return Finding(name, False, str(error))


def _database(runtime: Runtime) -> str:
    runtime.database.answers()
    present, newest = current_revision(runtime.database), newest_revision()
    if present != newest:
        raise _NotWell(f"it is at revision {present or 'none'}, this program needs {newest}: run `halali migrate`")
    return f"{runtime.database.engine.dialect.name}, revision {present}"


def _redis(runtime: Runtime) -> str:
    found = runtime.redis.info("server")
    version = str(found["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        raise _NotWell(f"version {version} is too old: 6.2 or newer is needed, so that no job is lost")
    return f"version {version}"


def _carrier(runtime: Runtime) -> str:
    settings = runtime.settings
    try:
        numbers = build_carrier(settings).own_numbers()
    except Unavailable as error:
        raise _NotWell(f"{error}; check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_API_URL") from error
    where = "sandbox" if settings.carrier_is_local else "real"
    return f"{where}; credentials are good, {len(numbers)} own numbers"


def _public_address(runtime: Runtime) -> str:
    settings = runtime.settings
    address = urlsplit(settings.public_url)
    if not settings.carrier_is_local and address.scheme != "https":
        raise _NotWell(f"{settings.public_url} is not https: set PUBLIC_URL to what the carrier reaches")
    try:
        socket.getaddrinfo(address.hostname, None)
    except OSError as error:
        raise _NotWell(f"{address.hostname} has no address: check PUBLIC_URL") from error
    answer = httpx.get(f"{settings.public_url}/health", timeout=_TIMEOUT_SECONDS)
    if answer.status_code != httpx.codes.OK:
        raise _NotWell(f"{settings.public_url}/health answers {answer.status_code}: does it lead to the webhooks?")
    return f"{settings.public_url} reaches the webhooks"


def _clock(runtime: Runtime) -> str:
    """Signatures, slots and calling hours rest on the clock; a carrier's own Date header is what it is compared to."""
    settings = runtime.settings
    if settings.clock_speed != 1.0:
        return f"runs {settings.clock_speed:g} times as fast, for a rehearsal"
    answer = httpx.get(api_address(settings), timeout=_TIMEOUT_SECONDS)
    if "Date" not in answer.headers:
        return "the carrier does not say what time it has"
    drift = abs((Clock().now() - parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)).total_seconds())
    if drift > DRIFT_TOLERATED_SECONDS:
        raise _NotWell(f"{drift:.0f} s from the carrier's: set this machine's clock (NTP)")
    return f"within {max(drift, 1):.0f} s of the carrier's"


def _mail(runtime: Runtime) -> str:
    server = MailServer.from_settings(runtime.settings)
    if server is None:
        return "no mail server is set (SMTP_URL): partners see their notices in the portal alone"
    try:
        server.greet()
    except NotTaken as error:
        raise _NotWell(f"{error}; check SMTP_URL") from error
    return f"{server.host} takes letters from {server.sender.addr_spec}"


def _caller_numbers(runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        wanted = select(Campaign.name, Campaign.caller_number).where(Campaign.status != CampaignStatus.FINISHED)
        shown = session.execute(wanted).all()
    if not shown:
        return "no campaign shows one"
    if runtime.settings.carrier_is_local:
        return f"{len({number for _, number in shown})} shown; the sandbox lets any number be shown"
    own = build_carrier(runtime.settings).own_numbers()
    foreign = sorted({name for name, number in shown if number not in own})
    if foreign:
        raise _NotWell(f"not yours at the carrier, in campaigns: {', '.join(foreign)}; buy or verify the numbers")
    return f"{len({number for _, number in shown})} shown, all yours"


def _inbox(runtime: Runtime) -> str:
    now = runtime.clock.now()
    patience: timedelta = runtime.clock.real_seconds(INBOX_PATIENCE_SECONDS)
    with runtime.database.reading() as session:
        waiting = select(func.count(), func.min(InboxEntry.received_at)).where(InboxEntry.applied_at.is_(None))
        count, oldest = session.execute(waiting).one()
    if count and oldest < now - patience:
        raise _NotWell(
            f"{count} callbacks wait, the oldest for {(now - oldest).total_seconds():.0f} s: start a reporter"
        )
    return f"{count} callbacks wait"


def _audit_trail(runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        found = verify_chain(session)
    if isinstance(found, Broken):
        raise _NotWell(f"entry {found.number} is not as it was written: {found.why}; compare with a backup")
    return f"{found.entries} entries, unbroken; head {found.head[:12]}"


def _secret_key(runtime: Runtime) -> str:
    """Erased numbers stay blocked by hashes that are worth nothing without the key. Looking makes no key."""
    settings = runtime.settings
    with runtime.database.reading() as session:
        marks = do_not_call.key_marks(session)
    if not is_in_place(settings):
        if marks:
            raise _NotWell("it is gone, and erased numbers need it: nobody is dialed until SECRET_KEY is back")
        return f"none yet; {settings.data_dir / FILE_NAME} is made when one is needed"
    mark = do_not_call.key_mark(derived_key(settings, "do-not-call"))
    if marks - {mark}:
        raise _NotWell(
            "numbers were erased with another SECRET_KEY: nobody is dialed until it is back (a backup has it)"
        )
    where = "SECRET_KEY" if settings.secret_key.get_secret_value() else str(settings.data_dir / FILE_NAME)
    return f"{where}; {'erased numbers are known by it' if marks else 'no number was erased with it so far'}"


def _administrator(runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        if not has_any_admin(session):
            raise _NotWell("nobody can administer: `halali user add EMAIL --name NAME --role admin`")
    return "there is one"


doctor_command = single(doctor)
