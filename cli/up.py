"""`halali up`: everything in the Procfile, started in the right order, watched, and stopped as one."""

import fcntl
import json
import os
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli import ports
from cli.children import Born, Say, fork_child, show_name, start_command
from cli.output import say, show, show_json
from cli.procfile import Entry, check_known, chosen, read_counts, read_procfile
from cli.programs import (
    COMMANDS,
    PROGRAMS,
    Command,
    begin,
    preload,
    redis_address,
    sandbox_address,
    settle_memory,
    web_address,
    webhooks_address,
)
from cli.sandbox_command import sandbox_is_ours
from cli.supervisor import Spec, Supervisor
from foundation.errors import Conflict, Invalid
from foundation.secret_key import check_whole
from foundation.settings import Settings

OWN_PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"
PREPARE = "prepare"
# One of each is all there can be: they own a port or a folder.
_SINGLE = frozenset({"redis", "sandbox"})
_SERVERS = {"web": web_address, "webhooks": webhooks_address}


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    procfile: Path
    only: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    as_json: bool = False


def bring_up(settings: Settings, wanted: Wanted) -> None:
    """Start all, tell where it is, and keep it running until someone asks to stop.

    Raises:
        Conflict: a port or the data folder is in use; nothing has been started.
        Invalid: the Procfile or an option cannot be used; nothing has been started.
        Unconfigured: the secret that was made once is damaged; nothing has been started.
        StartFailed: a part did not start; all others have been stopped.
    """
    plan = programs_of(settings, wanted)
    check_whole(settings)
    lock = _lock_folder(settings.data_dir)
    listeners = _take_ports(settings, plan)
    notes = settings.data_dir / "running.json"
    supervisor = Supervisor(
        told=lambda name, what: say(f"halali: {name} {what}"), changed=lambda pids: _note_pids(notes, pids)
    )
    try:
        sign_in = _start_all(supervisor, settings, plan, listeners)
        if not supervisor.is_asked_to_stop:
            _tell(settings, plan, sign_in, as_json=wanted.as_json)
            supervisor.run()
    finally:
        supervisor.stop()
        with suppress(FileNotFoundError):
            notes.unlink()
        os.close(lock)
    say("halali: stopped")


def programs_of(settings: Settings, wanted: Wanted) -> dict[Entry, int]:
    """Which programs these settings and wishes come to, and how many of each.

    Raises:
        Invalid: the Procfile or an option cannot be used.
    """
    if not wanted.procfile.is_file():
        raise Invalid(f"There is no Procfile at {wanted.procfile}. Name it with --procfile.")
    entries = read_procfile(wanted.procfile.read_text(encoding="utf-8"))
    names = [entry.name for entry in entries]
    check_known(wanted.only, names)
    plan = chosen(entries, wanted.only, read_counts(wanted.counts, names))
    if not settings.redis_is_embedded:
        plan = {entry: count for entry, count in plan.items() if entry.program != "redis"}
    if not sandbox_is_ours(settings):
        plan = {entry: count for entry, count in plan.items() if entry.program != "sandbox"}
    for entry, count in plan.items():
        if count > 1 and entry.program in _SINGLE:
            raise Invalid(f"There can be only one {entry.name}.")
        if count > 1 and entry.program in _SERVERS and settings.database_url.startswith("sqlite"):
            raise Invalid(f"SQLite serves one {entry.name} process best. Set DATABASE_URL to a PostgreSQL for more.")
    return plan


def _lock_folder(folder: Path) -> int:
    """Make the data folder ours; the descriptor of the lock. The kernel opens it again when this process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "halali.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Conflict(
            f"Halali is running already on the data folder {folder}. Stop it first, or set DATA_DIR to another folder."
        ) from None
    return lock


def _take_ports(settings: Settings, plan: Mapping[Entry, int]) -> dict[str, int]:
    """Listening sockets for the servers; for those that listen by themselves only a look whether they can."""
    programs = {entry.program for entry in plan}
    if "redis" in programs:
        ports.check_free(redis_address(settings))
    if "sandbox" in programs:
        ports.check_free(sandbox_address(settings))
    return {name: ports.listen(address(settings)) for name, address in _SERVERS.items() if name in programs}


def _start_all(
    supervisor: Supervisor, settings: Settings, plan: Mapping[Entry, int], listeners: Mapping[str, int]
) -> str:
    """In this order: what the others need; everything loaded once; the database; all others. The first sign-in."""
    ground = [_spec(settings, entry, 1, entry.name, listeners) for entry in plan if entry.program in _SINGLE]
    supervisor.start(ground)
    preload()
    settle_memory()  # and the children share its pages for longer
    supervisor.start([Spec(PREPARE, lambda: fork_child(lambda say: _prepare(settings, say)), is_task=True)])
    supervisor.wait_until_ready([PREPARE, *(spec.name for spec in ground if spec.name != "sandbox")])
    if supervisor.is_asked_to_stop:
        return ""
    sign_in = supervisor.take_answer(PREPARE).decode()
    supervisor.start(
        _spec(settings, entry, count, entry.name if count == 1 else f"{entry.name}.{number}", listeners)
        for entry, count in plan.items()
        if entry.program not in _SINGLE
        for number in range(1, count + 1)
    )
    supervisor.wait_until_ready()
    return sign_in


def _prepare(settings: Settings, answer: Say) -> None:
    from cli.preparing import prepare

    begin(PREPARE, settings)
    answer(prepare(settings).encode())


def _spec(settings: Settings, entry: Entry, count: int, name: str, listeners: Mapping[str, int]) -> Spec:
    program = entry.program
    if program in PROGRAMS:
        return Spec(name, lambda: _fork_program(settings, program, name, listeners.get(program)))
    if program in COMMANDS:
        address = redis_address(settings) if program == "redis" else sandbox_address(settings)
        answers = _redis_answers if program == "redis" else _accepts
        return Spec(
            name,
            lambda: start_command(COMMANDS[program](settings)),
            answers=lambda: answers(address),
            is_ground=True,
        )
    return Spec(name, lambda: start_command(Command(entry.command, {})), answers=lambda: True)


def _fork_program(settings: Settings, program: str, name: str, listener: int | None) -> Born:
    def run(ready: Say) -> None:
        show_name(name)
        begin(name, settings)
        PROGRAMS[program](settings, listener, ready)

    return fork_child(run, listener)


def _accepts(address: ports.Address) -> bool:
    try:
        with socket.create_connection((address.host, address.port), timeout=0.5):
            return True
    except OSError:
        return False


def _redis_answers(address: ports.Address) -> bool:
    """Whether it has read its files and serves: it accepts connections earlier than that."""
    try:
        with socket.create_connection((address.host, address.port), timeout=0.5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _note_pids(notes: Path, pids: Mapping[str, int]) -> None:
    """Who runs as which process, for people and tools that want to look at one of them."""
    fresh = notes.with_suffix(".new")
    fresh.write_text(json.dumps({"supervisor": os.getpid(), "programs": pids}), encoding="utf-8")
    fresh.replace(notes)


def _tell(settings: Settings, plan: Iterable[Entry], sign_in: str, *, as_json: bool) -> None:
    programs = {entry.program for entry in plan}
    if as_json:
        addresses = {
            "web_url": settings.web_url,
            "public_url": settings.public_url,
            "api_url": f"{settings.web_url}/api/v1",
        }
        show_json({"ready": True, **addresses, "carrier_url": settings.twilio_api_url, "sign_in": sign_in})
        return
    show("")
    show("Halali is up.")
    if "web" in programs:
        show(f"  Pages      {settings.web_url}")
        show(f"  JSON API   {settings.web_url}/api/v1/openapi.json")
    if "webhooks" in programs:
        show(f"  Callbacks  {settings.public_url}")
    if "sandbox" in programs:
        show(f"  Carrier    {settings.twilio_api_url} (sandbox: no real phone rings; be the customer there)")
    if sign_in:
        show("")
        show("  Sign in as administrator, once, within a day:")
        show(f"  {sign_in}")
    elif "web" in programs:
        show("  Lost your way in? halali sign-in-link admin@localhost")
    show("")
    say("Ctrl-C stops all of it.")
