"""A real mail server on this machine that keeps the letters it is handed, or refuses them."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope


@dataclass
class MailBox:
    """What came in, with its envelope, and what the server says to a letter or a receiver where it is not content."""

    url: str = ""
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    refuses_letters_with: str = ""
    refuses_receivers_with: str = ""

    async def handle_RCPT(  # noqa: N802 - the hook's name and shape
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.refuses_receivers_with:
            return self.refuses_receivers_with
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - the hook's name
        if self.refuses_letters_with:
            return self.refuses_letters_with
        letter = BytesParser(EmailMessage, policy=default).parsebytes(envelope.original_content or b"")
        self.letters.append(letter)
        self.receivers.append(list(envelope.rcpt_tos))
        return "250 taken"


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, password: str = "") -> Iterator[MailBox]:
    """A server on a free port of loopback, until the block ends. With `tls` it asks for STARTTLS first."""
    box = MailBox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    box.url = f"smtp://127.0.0.1:{box.port}"

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given.password == password.encode(), handled=False)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=check if password else None,
        auth_required=bool(password),
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
