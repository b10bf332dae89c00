"""What a verdict rests on, as one value that is kept with the call and read back to replay it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from compliance.calling_hours import Place


@dataclass(frozen=True)
class Past:
    """An earlier call to one of the callee's numbers: when it rang, and what came of it (empty: not known yet)."""

    at: datetime
    outcome: str = ""


@dataclass(frozen=True)
class HeldGround:
    """A ground that somebody attested. `as_of` is when it was checked, given or last renewed by a contact.

    `is_extended` says that `expires_at` was set with a reason and stands in place of the rule's own span.
    """

    id: str
    kind: str
    as_of: datetime
    expires_at: datetime | None = None
    is_extended: bool = False


@dataclass(frozen=True)
class GateFacts:
    """All that the gate looks at. It holds no phone number: the call's row has it, and erasing it there is enough."""

    country: str
    at: datetime
    place: Place = field(default_factory=Place)
    history: tuple[Past, ...] = ()
    blocks: tuple[str, ...] = ()  # ids of do-not-call rows that hold
    grounds: tuple[HeldGround, ...] = ()  # neither revoked nor of a later date
    registers: Mapping[str, datetime] = field(default_factory=dict)  # when each was last checked against
    caller_listed_at: datetime | None = None  # when the number shown was last seen in the directory


def facts_record(facts: GateFacts) -> dict[str, Any]:
    """The facts as plain JSON."""
    record = asdict(facts)
    record["at"] = facts.at.isoformat()
    record["history"] = [[past.at.isoformat(), past.outcome] for past in facts.history]
    record["grounds"] = [_ground_record(ground) for ground in facts.grounds]
    record["registers"] = {name: at.isoformat() for name, at in sorted(facts.registers.items())}
    record["caller_listed_at"] = _written(facts.caller_listed_at)
    record["place"] = {
        "region": facts.place.region,
        "time_zones": list(facts.place.time_zones),
        "party": facts.place.party,
    }
    record["blocks"] = list(facts.blocks)
    return record


def read_facts(record: Mapping[str, Any]) -> GateFacts:
    """The facts that `facts_record` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    place = record["place"]
    return GateFacts(
        country=record["country"],
        at=datetime.fromisoformat(record["at"]),
        place=Place(place["region"], tuple(place["time_zones"]), place["party"]),
        history=tuple(Past(datetime.fromisoformat(at), outcome) for at, outcome in record["history"]),
        blocks=tuple(record["blocks"]),
        grounds=tuple(_read_ground(ground) for ground in record["grounds"]),
        registers={name: datetime.fromisoformat(at) for name, at in record["registers"].items()},
        caller_listed_at=_read(record["caller_listed_at"]),
    )


def _ground_record(ground: HeldGround) -> dict[str, Any]:
    return asdict(ground) | {"as_of": ground.as_of.isoformat(), "expires_at": _written(ground.expires_at)}


def _read_ground(record: Mapping[str, Any]) -> HeldGround:
    return HeldGround(
        record["id"],
        record["kind"],
        datetime.fromisoformat(record["as_of"]),
        _read(record["expires_at"]),
        record["is_extended"],
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
