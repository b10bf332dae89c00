"""Starts the sandbox from the command line. Settings are left to `settings`, serving to `server`."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys

from sandbox.commands import COMMANDS
from sandbox.server import serve
from sandbox.settings import SandboxSettings, read_settings


def main() -> None:
    """Run a command, or the carrier until it is interrupted; exit code 1 when the port is taken."""
    if len(sys.argv) > 1 and sys.argv[1] in COMMANDS:
        sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
    settings = read_settings(sys.argv[1:], os.environ)
    if settings.is_check:
        return
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serve(settings, lambda port: _say_ready(settings, port)))
    except OSError as error:
        print(f"sandbox: cannot listen on {settings.host}:{settings.port}: {error.strerror}", file=sys.stderr)
        print("Stop what uses the port, or choose another with --port (0 picks a free one).", file=sys.stderr)
        sys.exit(1)


def _say_ready(settings: SandboxSettings, port: int) -> None:
    print(f"sandbox ready on http://{settings.host}:{port} account {settings.account_sid}", flush=True)


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    loop: type[asyncio.AbstractEventLoop] = uvloop.Loop
    return loop


if __name__ == "__main__":
    main()
