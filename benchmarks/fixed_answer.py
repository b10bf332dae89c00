"""The baseline of the sandbox's REST API: aiohttp that reads the form and answers with the same call each time.

Run as a program it serves on the port of TWILIO_API_URL.
"""

import os
from urllib.parse import urlsplit

from aiohttp import web

CALL = {
    "sid": "CA" + "0" * 32,
    "account_sid": "AC" + "5a" * 16,
    "to": "+41790000000",
    "from": "+41445550100",
    "status": "queued",
    "direction": "outbound-api",
    "api_version": "2010-04-01",
    "date_created": "Tue, 10 Mar 2026 09:00:00 +0000",
    "uri": "/2010-04-01/Accounts/" + "AC" + "5a" * 16 + "/Calls/" + "CA" + "0" * 32 + ".json",
}


async def order(request: web.Request) -> web.Response:
    """Read the form and answer."""
    await request.post()
    return web.json_response(CALL, status=201)


async def fetch(request: web.Request) -> web.Response:
    """Answer."""
    return web.json_response(CALL)


def main() -> None:
    """Serve until told to stop, on the event loop that the sandbox uses."""
    import uvloop

    app = web.Application()
    path = "/2010-04-01/Accounts/{account}/Calls"
    app.add_routes([web.post(path + ".json", order), web.get(path + "/{sid}.json", fetch)])
    port = urlsplit(os.environ["TWILIO_API_URL"]).port
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=uvloop.new_event_loop())


if __name__ == "__main__":
    main()
