"""The carrier's requests, ready for the wire: signed, with every field that a real status callback has."""

from dataclasses import dataclass
from hashlib import md5
from urllib.parse import urlencode

from foundation.settings import SANDBOX_ACCOUNT_SID, SANDBOX_AUTH_TOKEN
from sandbox.callbacks.signature import sign
from telephony.twilio.signature import SIGNATURE_HEADER

_STATUSES = ("initiated", "ringing", "in-progress", "completed")


@dataclass(frozen=True)
class Sender:
    """Writes requests for one server, as bytes."""

    port: int

    def status(self, run: str, number: int) -> bytes:
        """The `number`th status callback of a run: four in turn belong to one call. No two are repeats."""
        call_number, sequence = divmod(number, len(_STATUSES))
        fields = _call_fields(f"{run}{call_number}", _STATUSES[sequence])
        fields |= {"CallbackSource": "call-progress-events", "SequenceNumber": str(sequence)}
        return self._post(f"/twilio/status/call_{run}_{call_number}", fields)

    def answer(self, call_id: str) -> bytes:
        """The question what to do with a call that was answered."""
        return self._post(f"/twilio/answer/{call_id}", _call_fields(call_id, "in-progress"))

    def _post(self, path: str, fields: dict[str, str]) -> bytes:
        body = urlencode(fields).encode()
        host = f"127.0.0.1:{self.port}"
        signature = sign(SANDBOX_AUTH_TOKEN, f"http://{host}{path}", fields.items())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: benchmarks\r\nAccept: */*\r\n"
            f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"{SIGNATURE_HEADER}: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _call_fields(call_name: str, status: str) -> dict[str, str]:
    fields = {
        "CallSid": f"CA{md5(call_name.encode(), usedforsecurity=False).hexdigest()}",
        "AccountSid": SANDBOX_ACCOUNT_SID,
        "From": "+41445550100",
        "To": "+41445550199",
        "Caller": "+41445550100",
        "Called": "+41445550199",
        "CallStatus": status,
        "ApiVersion": "2010-04-01",
        "Direction": "outbound-api",
        "Timestamp": "Tue, 10 Mar 2026 09:00:00 +0000",
    }
    for side in ("Called", "To", "Caller", "From"):
        fields |= {f"{side}City": "", f"{side}State": "", f"{side}Zip": "", f"{side}Country": "CH"}
    return fields
