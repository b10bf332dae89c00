"""Serves a carrier over HTTP until it is told to stop. What it answers is left to `rest`, `admin`, `page`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from sandbox.admin import admin_routes
from sandbox.carrier import Carrier
from sandbox.guard import keep_out_others
from sandbox.office_admin import office_admin_routes
from sandbox.page.feed import FEED, Feed
from sandbox.page.routes import page_routes
from sandbox.rest.app import guard, rest_routes
from sandbox.rest.context import CARRIER
from sandbox.settings import SandboxSettings

FLUSH_EVERY_SECONDS = 0.5


def build_app(carrier: Carrier) -> web.Application:
    """Return the web application of a carrier; it opens and closes the carrier with itself."""
    app = web.Application(middlewares=[keep_out_others(_own_names(carrier.settings)), guard])
    app[CARRIER] = carrier
    feed = app[FEED] = Feed(carrier)
    carrier.ledger.watchers.append(feed.watch)
    carrier.switch.voices_changed = feed.watch_voice
    app.add_routes([*rest_routes(), *admin_routes(), *office_admin_routes(), *page_routes()])
    app.cleanup_ctx.append(_keep_open)
    return app


def _own_names(settings: SandboxSettings) -> frozenset[str]:
    return frozenset(name.lower() for name in (settings.host, *settings.allowed_hosts))


async def _keep_open(app: web.Application) -> AsyncIterator[None]:
    carrier = app[CARRIER]
    await carrier.open()
    flushing = asyncio.create_task(_flush_ledger(carrier))
    yield
    flushing.cancel()
    await carrier.close()


async def _flush_ledger(carrier: Carrier) -> None:
    while True:
        await asyncio.sleep(FLUSH_EVERY_SECONDS)
        carrier.ledger.flush()


async def serve(settings: SandboxSettings, ready: Callable[[int], None]) -> None:
    """Run until SIGINT or SIGTERM; `ready` is told the port. OSError when the port is taken."""
    carrier = Carrier(settings)
    runner = web.AppRunner(build_app(carrier), access_log=None, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    try:
        # Stopping does not wait for clients that keep their connection open.
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
        await site.start()
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        port = runner.addresses[0][1]
        carrier.board.public_url = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{port}"  # noqa: S104
        ready(port)
        await stopped.wait()
    finally:
        await runner.cleanup()
