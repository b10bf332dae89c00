"""Which carrier these settings ask for. A further carrier is one folder beside `twilio/` and one line here."""

from collections.abc import Mapping
from importlib import import_module

from foundation.settings import Settings
from telephony.carrier import CallReport, Carrier
from telephony.twilio import callbacks
from telephony.twilio.addresses import Addresses


def build_carrier(settings: Settings) -> Carrier:
    """The carrier of this process. Build it after any fork: it keeps connections."""
    # Its client takes a while to load: whoever calls nobody does not wait for it.
    from telephony.twilio.client import TwilioCarrier

    return TwilioCarrier(settings, Addresses(settings.public_url))


def load_client() -> None:
    """Load what `build_carrier` needs, before a fork: nothing is built or connected."""
    import_module("telephony.twilio.client")


def api_address(settings: Settings) -> str:
    """Where the carrier of these settings is asked."""
    return settings.twilio_api_url or "https://api.twilio.com"


def read_callback(kind: str, call_id: str, key: str, fields: Mapping[str, str]) -> CallReport | None:
    """The report in a callback of one kind (`status`, `room`, `machine`); None when it says nothing that matters."""
    match kind:
        case "status":
            return callbacks.status_report(call_id, key, fields)
        case "room":
            return callbacks.room_report(key, fields)
        case "machine":
            return callbacks.machine_report(call_id, key, fields)
        case _:
            return None
