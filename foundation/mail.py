"""Sends one letter through the mail server of the settings. What it says, and when again, is the caller's business."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Self
from urllib.parse import unquote, urlsplit

from foundation.errors import Invalid, Unavailable, Unconfigured
from foundation.marking import N_
from foundation.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
_PERMANENT = 500

REFUSED_ADDRESS = N_("the mail server refused the address (%(code)s)")
REFUSED_US = N_("the mail server refused our name or password")
ANSWERED = N_("the mail server answered %(code)s")
NO_ANSWER = N_("the mail server did not answer (%(cause)s)")
_LONGEST_ADDRESS = 254


class NotTaken(Unavailable):
    """The mail server did not take the letter. `code` is its answer; `is_final`: it never will."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.is_final = code is not None and code >= _PERMANENT


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in, and from whom they are. Plain connections only to this machine itself."""

    scheme: str  # smtps: encrypted from the start; smtp+starttls: before anything is said; smtp: not
    host: str
    port: int
    sender: Address
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = 15.0
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """The mail server of the settings; None where there is none, and nothing is sent by mail.

        Raises:
            Unconfigured: SMTP_URL or MAIL_FROM cannot be used.
        """
        url = settings.smtp_url.get_secret_value()
        if not url:
            return None
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError) as error:
            raise Unconfigured("SMTP_URL must be smtps://…, smtp+starttls://… or smtp://127.0.0.1…") from error
        if not parts.hostname or (parts.scheme == "smtp" and parts.hostname not in _LOOPBACK):
            raise Unconfigured("SMTP_URL: without encryption only a mail server on this machine is used")
        try:
            sender = address_of(settings.mail_from)
        except Invalid as error:
            raise Unconfigured("MAIL_FROM must be the e-mail address from which letters come") from error
        return cls(
            parts.scheme, parts.hostname, port, sender, unquote(parts.username or ""), unquote(parts.password or "")
        )

    def send(self, letter: EmailMessage) -> None:
        """Hand in one letter with its headers; From is the server's own.

        Raises:
            NotTaken: the server did not answer, or said no.
        """
        del letter["From"]
        letter["From"] = self.sender
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise NotTaken(REFUSED_ADDRESS % {"code": code}, code) from error
        except smtplib.SMTPAuthenticationError as error:
            # A wrong password is mended in the settings; the letter is as good as before.
            raise NotTaken(REFUSED_US) from error
        except smtplib.SMTPResponseException as error:
            raise NotTaken(ANSWERED % {"code": error.smtp_code}, error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(NO_ANSWER % {"cause": type(error).__name__}) from error

    def greet(self) -> None:
        """Connect, encrypt and sign in, and leave again: for the doctor.

        Raises:
            NotTaken: it does not answer, or not to us.
        """
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"the mail server did not let us in ({type(error).__name__})") from error

    def _connected(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=self.trust())
        server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        if self.scheme == "smtp+starttls":
            try:
                server.starttls(context=self.trust())
            except BaseException:
                server.close()
                raise
        return server


def address_of(text: str) -> Address:
    """A mail address alone, without a name, a second one, or anything that could become a line of its own.

    Raises:
        Invalid: it is none.
    """
    text = text.strip()
    if not text.isascii() or not text.isprintable() or len(text) > _LONGEST_ADDRESS or " " in text:
        raise Invalid("This is not an e-mail address.")
    try:
        address = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise Invalid("This is not an e-mail address.") from error
    if not address.username or "." not in address.domain:
        raise Invalid("This is not an e-mail address.")
    return address
