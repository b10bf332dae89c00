"""A carrier that takes every call, 150 ms after it was asked, and does nothing with it.

Run as a program it serves on the port of TWILIO_API_URL; `GET /arrivals` gives the moments (seconds) at which calls
were asked for, `POST /forget` begins anew.
"""

import asyncio
import os
import time
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

ANSWER_SECONDS = 0.15


class Stub:
    """What it was asked for so far."""

    def __init__(self) -> None:
        self._arrivals: list[float] = []

    async def create_call(self, request: web.Request) -> web.Response:
        """Answer as the carrier does, after a while."""
        self._arrivals.append(time.monotonic())
        form = parse_qs(await request.text())
        sid = f"CA{len(self._arrivals):08x}{time.monotonic_ns() & (1 << 96) - 1:024x}"
        await asyncio.sleep(ANSWER_SECONDS)
        account = request.match_info["account"]
        body = {
            "sid": sid,
            "account_sid": account,
            "to": form["To"][0],
            "from": form["From"][0],
            "status": "queued",
            "direction": "outbound-api",
            "api_version": "2010-04-01",
            "queue_time": "0",
            "date_created": "Tue, 10 Mar 2026 09:00:00 +0000",
            "uri": f"/2010-04-01/Accounts/{account}/Calls/{sid}.json",
            "subresource_uris": {},
        }
        return web.json_response(body, status=201)

    async def arrivals(self, request: web.Request) -> web.Response:
        """When calls were asked for."""
        return web.json_response(self._arrivals)

    async def forget(self, request: web.Request) -> web.Response:
        """Begin anew."""
        self._arrivals.clear()
        return web.Response(status=204)


def main() -> None:
    """Serve until told to stop."""
    port = urlsplit(os.environ["TWILIO_API_URL"]).port
    stub = Stub()
    app = web.Application()
    app.add_routes(
        [
            web.post("/2010-04-01/Accounts/{account}/Calls.json", stub.create_call),
            web.get("/arrivals", stub.arrivals),
            web.post("/forget", stub.forget),
        ]
    )
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
