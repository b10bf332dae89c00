"""What may go wrong on purpose during a rehearsal, as it is written on the command line. Pure."""

from dataclasses import dataclass

from foundation.errors import Invalid

_HOW = "write a carrier fault as name=rate or name=rate:seconds, or kill=program@seconds, or flush@seconds"


@dataclass(frozen=True)
class CarrierFault:
    """The carrier misbehaves from the start. `seconds` are carrier seconds, for faults that delay."""

    name: str
    rate: float
    seconds: float | None = None

    def as_rule(self) -> dict[str, str | float]:
        """As the sandbox is told."""
        rule: dict[str, str | float] = {"fault": self.name, "rate": self.rate}
        if self.seconds is not None:
            rule["seconds"] = self.seconds
        return rule


@dataclass(frozen=True)
class Kill:
    """A process is killed (SIGKILL) so many real seconds after dialing starts."""

    program: str
    after_seconds: float


@dataclass(frozen=True)
class Flush:
    """Redis is emptied so many real seconds after dialing starts."""

    after_seconds: float


Fault = CarrierFault | Kill | Flush


def read_fault(text: str) -> Fault:
    """A fault such as `callback_doubled=1`, `callback_late=1:20`, `kill=webhooks@30` or `flush@60`.

    Raises:
        Invalid: not written so.
    """
    try:
        if text.startswith("flush@"):
            return Flush(float(text.removeprefix("flush@")))
        name, _, rest = text.partition("=")
        if name == "kill":
            program, _, seconds = rest.partition("@")
            return Kill(program, float(seconds))
        rate, _, seconds = rest.partition(":")
        return CarrierFault(name, float(rate), float(seconds) if seconds else None)
    except ValueError as error:
        raise Invalid(f"--fault {text}: {_HOW}.") from error
