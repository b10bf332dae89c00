"""Twilio's REST errors: code, HTTP status and body.

The wording of messages is ours; codes and statuses are Twilio's.
"""

from __future__ import annotations

from aiohttp import web


class RestError(Exception):
    """The request is refused with a Twilio error code."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def not_found(path: str) -> RestError:
    """Return the error for a resource that does not exist."""
    return RestError(20404, f"The requested resource {path} was not found", 404)


def error_answer(error: RestError) -> web.Response:
    """Render an error as Twilio does."""
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else None
    return web.json_response(body, status=error.status, headers=headers)
