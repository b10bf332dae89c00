"""The addresses at which Twilio calls us. Each carries our call id, so any signed callback finds its row.

The fragment is Twilio's connection overrides: it is neither sent nor signed. By default Twilio retries a callback once
and only when it could not connect (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
"""

from dataclasses import dataclass

# Three tries on any trouble, all inside the 15 seconds that Twilio allows.
REPORT_RETRIES = "#rc=3&rp=all&ct=2000&rt=4000"
# A person is waiting on the line: two quick further tries, then Twilio hangs up.
ANSWER_RETRIES = "#rc=2&rp=all&ct=1000&rt=4000"


@dataclass(frozen=True)
class Addresses:
    """Callback addresses below the public URL of the webhooks."""

    public_url: str

    def answer(self, call_id: str) -> str:
        """Where Twilio asks what to do with an answered call."""
        return f"{self.public_url}/twilio/answer/{call_id}{ANSWER_RETRIES}"

    def status(self, call_id: str) -> str:
        """Where the call's progress is reported."""
        return f"{self.public_url}/twilio/status/{call_id}{REPORT_RETRIES}"

    def machine(self, call_id: str) -> str:
        """Where the verdict of answering machine detection is reported."""
        return f"{self.public_url}/twilio/machine/{call_id}{REPORT_RETRIES}"

    def key(self, call_id: str) -> str:
        """Where a key that was pressed is reported, and what to do then is asked."""
        return f"{self.public_url}/twilio/key/{call_id}{ANSWER_RETRIES}"

    def hold(self, call_id: str) -> str:
        """Where Twilio asks what somebody on hold hears."""
        return f"{self.public_url}/twilio/hold/{call_id}{REPORT_RETRIES}"

    def room(self, call_id: str) -> str:
        """Where joins and leaves of the conference of an agent's leg are reported."""
        return f"{self.public_url}/twilio/room/{call_id}{REPORT_RETRIES}"

    def silence(self) -> str:
        """What a parked agent hears: nothing."""
        return ""
