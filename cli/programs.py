"""The programs of the Procfile: what `halali run NAME` runs, until SIGTERM or SIGINT.

Heavy imports are inside the functions, so that asking for the version does not load a web framework; the supervisor
loads them once, by `preload`, for all the children that it forks.
"""

import gc
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from cli import ports
from cli.embedded_redis import server_command
from cli.sandbox_command import sandbox_command, sandbox_environment
from foundation.errors import Invalid
from foundation.settings import Settings

Ready = Callable[[], None]


@dataclass(frozen=True)
class Command:
    """A program that is another executable: its words, and what is added to the environment."""

    words: tuple[str, ...]
    environment: dict[str, str]


def redis_program(settings: Settings) -> Command:
    """The embedded Redis."""
    return Command(server_command(settings), {})


def sandbox_program(settings: Settings) -> Command:
    """The sandbox carrier."""
    return Command(sandbox_command(settings), sandbox_environment(settings))


def run_web(settings: Settings, listener: int | None, ready: Ready) -> None:
    """The pages and the JSON API."""
    _serve_app("web.app", listener or ports.listen(web_address(settings)), ready)


def run_webhooks(settings: Settings, listener: int | None, ready: Ready) -> None:
    """The carrier's callbacks."""
    _serve_app("webhooks.app", listener or ports.listen(webhooks_address(settings)), ready)


def _serve_app(module: str, listener: int, ready: Ready) -> None:
    """Serve the app of a module that is found by name: the command line, pages and webhooks are strangers."""
    from cli.serving import serve
    from dialer.wiring import process_parts

    serve(importlib.import_module(module).create_app(process_parts()), listener, ready)


def run_ticker(settings: Settings, listener: int | None, ready: Ready) -> None:
    """Dials what is due, and sweeps."""
    from cli.stopping import StopSignal
    from dialer.ticker import Ticker
    from dialer.wiring import process_parts

    parts = process_parts()
    should_stop = StopSignal(parts.live, "tick")
    ready()
    Ticker(parts).run(should_stop)


def run_reporter(settings: Settings, listener: int | None, ready: Ready) -> None:
    """Applies callbacks."""
    from cli.stopping import StopSignal
    from dialer.reporter import Reporter
    from dialer.wiring import process_parts

    parts = process_parts()
    should_stop = StopSignal(parts.live, "inbox")
    ready()
    Reporter(parts).run(should_stop)


def run_dial_worker(settings: Settings, listener: int | None, ready: Ready) -> None:
    """Places calls. The first one leaves as soon as any other: what it needs is loaded before."""
    from cli.queue_worker import work
    from dialer.placing import own_placer
    from foundation.queue import QueueName

    own_placer().warm_up()
    work(settings.redis_url, QueueName.DIAL, ready)


def run_worker(settings: Settings, listener: int | None, ready: Ready) -> None:
    """Everything else that is queued and stays in the house: routing, lessons."""
    from cli.queue_worker import work
    from foundation.queue import QueueName

    work(settings.redis_url, QueueName.WORK, ready)


def run_send_worker(settings: Settings, listener: int | None, ready: Ready) -> None:
    """Sends letters and webhooks. Apart from the rest, because other people's servers may be slow."""
    from cli.queue_worker import work
    from foundation.queue import QueueName

    work(settings.redis_url, QueueName.SEND, ready)


PROGRAMS: dict[str, Callable[[Settings, int | None, Ready], None]] = {
    "web": run_web,
    "webhooks": run_webhooks,
    "ticker": run_ticker,
    "reporter": run_reporter,
    "dial-worker": run_dial_worker,
    "worker": run_worker,
    "send-worker": run_send_worker,
}
COMMANDS: dict[str, Callable[[Settings], Command]] = {"redis": redis_program, "sandbox": sandbox_program}
_PRELOADED = (
    *(
        "cli.serving",
        "cli.queue_worker",
        "cli.stopping",
        "uvloop",
        "httptools",
        "uvicorn.protocols.http.httptools_impl",
    ),
    *("dialer.wiring", "dialer.jobs", "dialer.ticker", "dialer.reporter", "leads.jobs", "webhooks.app", "web.app"),
    *("web.jobs", "dialer.retention_jobs", "dialer.search_jobs"),
    *("cli.preparing", "migrations", "uvicorn.lifespan.on"),
)


def preload() -> None:
    """Load all that the programs need. Starts no thread and opens no connection, so that forking afterwards is safe."""
    from sqlalchemy.orm import configure_mappers

    from telephony.carriers import load_client

    for name in _PRELOADED:
        importlib.import_module(name)
    configure_mappers()
    load_client()


def run_program(name: str, settings: Settings) -> None:
    """Run one program in this process. Raises Invalid when there is none of this name."""
    if name in COMMANDS:
        command = COMMANDS[name](settings)
        os.execvpe(command.words[0], command.words, {**os.environ, **command.environment})  # noqa: S606 - our own words
    if name not in PROGRAMS:
        raise Invalid(f"There is no program {name!r}. Choose among {', '.join((*PROGRAMS, *COMMANDS))}.")
    begin(name, settings)
    PROGRAMS[name](settings, None, settle_memory)


def settle_memory() -> None:
    """What is loaded by now stays for good, so the garbage collector need not walk it again: a tenth of a second."""
    gc.collect()
    gc.freeze()


def begin(name: str, settings: Settings) -> None:
    """What each program does first. Raises Unconfigured when the installation's secret is damaged."""
    from foundation.logs import configure_logs
    from foundation.secret_key import check_whole

    configure_logs(settings.log_level, program=name)
    check_whole(settings)


def web_address(settings: Settings) -> ports.Address:
    """Where the pages are served."""
    return ports.Address(settings.bind_host, settings.web_port, "WEB_PORT")


def webhooks_address(settings: Settings) -> ports.Address:
    """Where the carrier's callbacks are taken."""
    return ports.Address(settings.bind_host, settings.webhooks_port, "WEBHOOKS_PORT")


def redis_address(settings: Settings) -> ports.Address:
    """Where the embedded Redis listens."""
    return ports.Address("127.0.0.1", settings.redis_port, "REDIS_PORT")


def sandbox_address(settings: Settings) -> ports.Address:
    """Where the sandbox listens."""
    return ports.Address(settings.bind_host, settings.sandbox_port, "SANDBOX_PORT")
