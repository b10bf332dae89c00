"""Security headers on every answer, as plain ASGI: no scripts but our own files, no framing, no sniffing."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def content_security_policy(phone_hosts: Sequence[str] = (), phone_script: str = "") -> str:
    """What the pages may load. `phone_hosts` are the sources that the browser phone must reach, if there is one, and
    `phone_script` is its script where that is none of our own files: this one file may run, nothing beside it.
    """
    sounds = ("mediastream:", *(host for host in phone_hosts if host.startswith("https:"))) if phone_hosts else ()
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *filter(None, (phone_script,)))),
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            " ".join(("connect-src 'self'", *phone_hosts)),
            " ".join(("media-src 'self'", *sounds)),
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Adds the headers to whatever the app answers."""

    def __init__(self, app: ASGIApp, *, policy: str, secure: bool) -> None:
        self.app = app
        self.fixed = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
        }
        if secure:
            self.fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers.setdefault(name, value)
                # Pages and answers hold people's names: no cache may keep them unless a route says otherwise.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)
