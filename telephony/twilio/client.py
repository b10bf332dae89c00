"""Twilio's REST API through its own SDK. Every doubt about a create becomes OutcomeUnknown, never a second try.

Sources: twilio.com/docs/voice/api/call-resource, twilio.com/docs/api/errors/20429 and /20500 (a POST that failed with
5xx may have placed the call; a 429 was never processed).
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.conference import ConferenceInstance
from urllib3.exceptions import MaxRetryError, NewConnectionError

from foundation.errors import Unavailable
from foundation.settings import Settings
from telephony.carrier import (
    BrowserPhone,
    CarrierCall,
    OutcomeUnknown,
    Placed,
    PlaceOrder,
    PlaceResult,
    Rejected,
    Reported,
    SayAndHangUp,
    Throttled,
)
from telephony.departures import Departures
from telephony.twilio.addresses import Addresses
from telephony.twilio.twiml import render

Answer = TypeVar("Answer")

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
NOT_FOUND = 404
UNAUTHORIZED = 401
REQUEST_TIMED_OUT = 408  # said by something in between, which may have passed the request on
# The SDK's two forms of an error that the server itself answered: its old one, and RFC 9457.
_REFUSED = (TwilioRestException, TwilioServiceException)
CODE_NOT_IN_PROGRESS = 21220
# The number called cannot be reached by any attempt: invalid, looks invalid, unreachable, blocked.
BAD_NUMBER_CODES = frozenset({21211, 21214, 21215, 21216, 21217, 13224})
# Nothing can be placed before somebody mends the account, the credentials or the caller number.
STOP_CODES = frozenset({20003, 20005, 20404, 21205, 21210, 21212, 21213, 21219, 22005})
# What the browser SDK reaches, from its own README: signalling, events, and the sounds it plays.
BROWSER_PHONE_HOSTS = (
    "wss://voice-js.roaming.twilio.com",
    "https://eventgw.twilio.com",
    "https://media.twiliocdn.com",
    "https://sdk.twilio.com",
)

_STATUS_REPORTS = {
    "queued": Reported.INITIATED,
    "initiated": Reported.INITIATED,
    "ringing": Reported.RINGING,
    "in-progress": Reported.ANSWERED,
    "completed": Reported.COMPLETED,
    "busy": Reported.BUSY,
    "no-answer": Reported.NO_ANSWER,
    "failed": Reported.FAILED,
    "canceled": Reported.CANCELED,
}


class _HttpClient(TwilioHttpClient):
    """The SDK's client, sent to another base address where one is set. A create leaves when its turn has come."""

    def __init__(self, timeout_seconds: float, base_url: str, departures: Departures) -> None:
        super().__init__(timeout=timeout_seconds)
        self._base = urlsplit(base_url) if base_url else None
        self._departures = departures

    def request(  # noqa: PLR0913, PLR0917 - the SDK's own signature
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        if self._base is not None:
            asked = urlsplit(url)
            url = urlunsplit((self._base.scheme, self._base.netloc, asked.path, asked.query, ""))
        if method.upper() == "POST" and url.endswith("/Calls.json"):
            self._departures.leave()
        return super().request(method, url, params, data, headers, auth, timeout, allow_redirects)


class TwilioCarrier:
    """The carrier port on Twilio. One per process, made after any fork; safe to use from our placing threads."""

    def __init__(self, settings: Settings, addresses: Addresses) -> None:
        self._settings = settings
        self._addresses = addresses
        # The rate is the shared clock's; departures are counted on the wall.
        departures = Departures(settings.calls_per_second * settings.clock_speed)
        self._http = _HttpClient(settings.carrier_timeout_seconds, settings.twilio_api_url, departures)
        if self._http.session is not None:
            _widen_pool(self._http, settings.placing_threads * 2)
        self._client = Client(
            settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), http_client=self._http
        )

    def place(self, order: PlaceOrder) -> PlaceResult:
        try:
            call = self._create(order)
        except _REFUSED as error:
            return _refusal(error)
        except RequestsConnectionError as error:
            if isinstance(error, ConnectTimeout) or _was_never_connected(error):
                return Throttled("carrier not reached")
            return OutcomeUnknown(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the request may have left
            return OutcomeUnknown(type(error).__name__)
        if not call.sid:
            return OutcomeUnknown("the carrier's answer names no call")
        return Placed(str(call.sid), _queue_seconds(call))

    def close(self) -> None:
        """Let the connections go."""
        if self._http.session is not None:
            self._http.session.close()

    def _create(self, order: PlaceOrder) -> CallInstance:
        where = self._addresses
        machine_detection: dict[str, str] = {}
        if order.detect_machines:
            machine_detection = {
                "machine_detection": "Enable",
                "async_amd": "true",  # text: the SDK sends True otherwise
                "async_amd_status_callback": where.machine(order.call_id),
                "async_amd_status_callback_method": "POST",
            }
        return self._client.calls.create(
            to=order.to,
            from_=order.from_number,
            url=where.answer(order.call_id),
            method="POST",
            # A person is on the line: if we could not be heard, the same question is asked once more. The answer to a
            # question that was heard is the same again.
            fallback_url=where.answer(order.call_id),
            fallback_method="POST",
            status_callback=where.status(order.call_id),
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            status_callback_method="POST",
            timeout=order.ring_timeout_seconds,
            time_limit=order.time_limit_seconds,
            **machine_detection,
        )

    def fetch(self, carrier_sid: str) -> CarrierCall | None:
        try:
            return _ask(lambda: _as_carrier_call(self._client.calls(carrier_sid).fetch()))
        except _REFUSED as error:
            if error.status == NOT_FOUND:
                return None
            raise Unavailable(f"carrier answered {error.status}") from error

    def calls_since(self, moment: datetime, *, to: str = "", most: int = 1000) -> list[CarrierCall]:
        # `StartTime>=` is taken by the day, so the exact moment is compared here.
        filters = {"to": to} if to else {}
        listed = self._reading(
            lambda: [
                _as_carrier_call(call)
                for call in self._client.calls.list(
                    start_time_after=moment.date(), limit=most, page_size=min(most, 1000), **filters
                )
            ]
        )
        return [call for call in listed if call.created_at is None or call.created_at >= moment.replace(microsecond=0)]

    def hang_up(self, carrier_sid: str) -> bool:
        return self._end(carrier_sid, "completed")

    def give_up(self, carrier_sid: str) -> bool:
        # `canceled` ends only what is queued or rings; `completed` would cut off whoever has just picked up.
        return self._end(carrier_sid, "canceled")

    def _end(self, carrier_sid: str, status: str) -> bool:
        try:
            _ask(lambda: self._client.calls(carrier_sid).update(status=status))
        except _REFUSED as error:
            if error.code == CODE_NOT_IN_PROGRESS or error.status == NOT_FOUND:
                return False
            raise Unavailable(f"carrier answered {error.status}") from error
        return True

    def say_and_hang_up(self, carrier_sid: str, what: SayAndHangUp) -> bool:
        document = render(what, self._addresses)
        try:
            _ask(lambda: self._client.calls(carrier_sid).update(twiml=document))
        except _REFUSED as error:
            if error.code == CODE_NOT_IN_PROGRESS or error.status == NOT_FOUND:
                return False
            raise Unavailable(f"carrier answered {error.status}") from error
        return True

    def people_in(self, room: str) -> frozenset[str]:
        conference = self._living_conference(room)
        if conference is None:
            return frozenset()
        people = self._reading(lambda: conference.participants.list(limit=20))
        return frozenset(str(person.call_sid) for person in people)

    def set_hold(self, room: str, carrier_sid: str, call_id: str, *, is_held: bool) -> bool:
        conference = self._living_conference(room)
        if conference is None:
            return False
        music = {"hold_url": self._addresses.hold(call_id), "hold_method": "POST"} if is_held else {}
        try:
            _ask(
                lambda: self._client.conferences(conference.sid).participants(carrier_sid).update(hold=is_held, **music)
            )
        except _REFUSED as error:
            if error.status == NOT_FOUND:
                return False
            raise Unavailable(f"carrier answered {error.status}") from error
        return True

    def _living_conference(self, room: str) -> ConferenceInstance | None:
        # Not only those in progress: a conference with one person in it has not started yet.
        named = self._reading(lambda: self._client.conferences.list(friendly_name=room, limit=20))
        return next((conference for conference in named if conference.status != "completed"), None)

    def set_ends_room(self, room: str, carrier_sid: str, *, ends_room: bool) -> bool:
        named = self._reading(lambda: self._client.conferences.list(friendly_name=room, limit=20))
        living = [conference for conference in named if conference.status != "completed"]
        if not living:
            return False
        try:
            who = living[0].participants(carrier_sid)
            _ask(lambda: who.update(end_conference_on_exit=ends_room))
        except _REFUSED as error:
            if error.status == NOT_FOUND:
                return False
            raise Unavailable(f"carrier answered {error.status}, code {error.code}") from error
        return True

    def own_numbers(self) -> frozenset[str]:
        numbers = self._reading(lambda: self._client.incoming_phone_numbers.list(limit=1000))
        callers = self._reading(lambda: self._client.outgoing_caller_ids.list(limit=1000))
        return frozenset(str(number.phone_number) for number in (*numbers, *callers))

    def browser_token(self, identity: str) -> str:
        settings = self._settings
        if not settings.twilio_api_key_sid:
            return ""
        token = AccessToken(
            settings.twilio_account_sid,
            settings.twilio_api_key_sid,
            settings.twilio_api_key_secret.get_secret_value(),
            identity=identity,
            ttl=3600,
        )
        # Least privilege: this browser can be called, and can call nobody.
        token.add_grant(VoiceGrant(incoming_allow=True))
        return str(token.to_jwt())

    def browser_phone(self) -> BrowserPhone | None:
        if not self._settings.twilio_api_key_sid:
            return None
        if self._settings.carrier_is_local:
            # The sandbox brings a phone of its own with the same interface, which speaks to the sandbox.
            where = self._settings.twilio_api_url.rstrip("/")
            socket = where.replace("http", "ws", 1) + "/_sandbox/phone"
            return BrowserPhone(f"{where}/_sandbox/phone.js", (socket,))
        return BrowserPhone("vendor/twilio-voice-sdk/twilio.min.js", BROWSER_PHONE_HOSTS)

    @staticmethod
    def _reading(question: Callable[[], Answer]) -> Answer:
        try:
            return _ask(question)
        except _REFUSED as error:
            raise Unavailable(f"carrier answered {error.status}, code {error.code}") from error


def _ask(question: Callable[[], Answer]) -> Answer:
    """Ask something that changes nothing or may be asked twice; transport trouble becomes Unavailable."""
    try:
        return question()
    except _REFUSED:
        raise
    except (TwilioException, RequestException, ValueError, TypeError, AttributeError, KeyError) as error:
        # The latter four: the SDK reading an answer that is none.
        raise Unavailable(f"carrier does not answer: {type(error).__name__}") from error


def _refusal(error: TwilioRestException | TwilioServiceException) -> PlaceResult:
    if error.status == TOO_MANY_REQUESTS:
        return Throttled("too many requests")
    if error.status >= SERVER_ERROR or error.status == REQUEST_TIMED_OUT:
        return OutcomeUnknown(f"carrier answered {error.status}")
    code = int(error.code or error.status)
    words = error.title if isinstance(error, TwilioServiceException) else error.msg
    return Rejected(code, str(words)[:60], code in BAD_NUMBER_CODES, code in STOP_CODES or error.status == UNAUTHORIZED)


def _queue_seconds(call: CallInstance) -> float:
    """For how long the carrier holds the call back; it says so in milliseconds, as text."""
    text = str(call.queue_time or "")
    return int(text) / 1000 if text.isdecimal() else 0.0


def _was_never_connected(error: RequestsConnectionError) -> bool:
    """Whether no connection was made at all, so that the request cannot have left."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _as_carrier_call(call: CallInstance) -> CarrierCall:
    if not call.sid:
        raise ValueError("the carrier's answer names no call")
    return CarrierCall(
        carrier_sid=str(call.sid),
        to=str(call.to),
        from_number=str(call._from),  # the only name that the SDK gives it
        what=_STATUS_REPORTS.get(str(call.status), Reported.INITIATED),
        created_at=call.date_created,
        duration_seconds=int(call.duration) if call.duration else None,
        answered_by=str(call.answered_by or ""),
    )


def _widen_pool(client: TwilioHttpClient, size: int) -> None:
    from requests.adapters import HTTPAdapter

    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=size)
    client.session.mount("https://", adapter)
    client.session.mount("http://", adapter)
