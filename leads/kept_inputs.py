"""Packs the inputs of a decision small and reads them back: partners by a roster, their counts as columns."""

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leads.facts import LeadFacts, PartnerFacts, Policy, ProtectionFacts, RelationFacts
from leads.ranking import Choice, Inputs
from leads.roster import Roster
from leads.standings import Columns, Form, Lasting, Standings

_QUICK = 1
_END_OF_LINE = b"\n"  # JSON has none
# In this order, each in the smallest of these that holds all its numbers.
_LISTS = ("taken", "credit_milli", "weekly_milli", "response_milli", "rating_milli", "weight_milli", "price_milli")
_SMALLEST_FIRST = {"b": 1 << 7, "h": 1 << 15, "i": 1 << 31, "q": 1 << 63}


def written(inputs: Inputs) -> bytes:
    """The inputs as bytes, always the same for the same inputs: JSON, and behind it the columns of partners' counts."""
    partners, columns = _partners(inputs.partners)
    head = {
        "lead": inputs.lead.to_json(),
        **partners,
        "relations": [relation.to_json() for relation in inputs.relations],
        "protections": [protection.to_json() for protection in inputs.protections],
        "policy": inputs.policy.mark,
        "seed": inputs.seed,
        "now": inputs.now.isoformat(),
    }
    return _bytes_of(head) + columns


def pack(plain: bytes) -> bytes:
    """Smaller, for keeping: partners differ in few digits."""
    return zlib.compress(plain, _QUICK)


def unpack(packed: bytes) -> dict[str, Any]:
    """What was packed, still as plain values."""
    head, _, columns = zlib.decompress(packed).partition(_END_OF_LINE)
    found: dict[str, Any] = json.loads(head)
    if "columns" in found:
        found["lists"] = _lists(columns, found["columns"], found["places"])
    return found


def digest_of(plain: bytes, choice: Choice) -> str:
    """Changes when the inputs or what was decided change."""
    return hashlib.sha256(plain + _bytes_of(choice.to_json())).hexdigest()


def read(kept: Mapping[str, Any], roster: Roster, policy: Policy) -> Inputs:
    """The inputs of a decision, with each partner as the roster of its revisions has it."""
    return Inputs(
        lead=LeadFacts.from_json(kept["lead"]),
        partners=_standings(kept, roster),
        relations=tuple(RelationFacts.from_json(relation) for relation in kept["relations"]),
        policy=policy,
        now=datetime.fromisoformat(kept["now"]),
        protections=tuple(ProtectionFacts.from_json(protection) for protection in kept["protections"]),
        seed=kept["seed"],
    )


def revisions_of(kept: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """Who was a candidate, where what was kept names everybody."""
    return tuple((str(one[0]), int(one[1])) for one in kept["partners"])


def _partners(partners: Sequence[PartnerFacts]) -> tuple[dict[str, Any], bytes]:
    """What stands of partners in the JSON, and what follows it."""
    if not isinstance(partners, Standings) or partners.form is Form.REVISIONS:
        return {"partners": [one.counts() for one in partners]}, b""
    mark, columns, places = partners.roster.mark, partners.columns, range(len(partners))
    if partners.form is Form.ROWS:
        return {"roster": mark, "standings": [columns.row(place) for place in places]}, b""
    packed = [_once_packed(getattr(columns, name)) for name in _LISTS]
    few = {
        "room": sorted(columns.room.items()),
        "had_this_lead": sorted(columns.had_this_lead.items()),
        "excludes_customer": sorted(columns.excludes_customer),
    }
    layout = "".join(kind for kind, _ in packed)
    behind = b"".join(column for _, column in packed)
    return {"roster": mark, "places": len(places), "columns": layout, **few}, _END_OF_LINE + behind


def _once_packed(values: Sequence[int]) -> tuple[str, bytes]:
    return values.once("packed", lambda: _packed(values)) if isinstance(values, Lasting) else _packed(values)


def _packed(values: Sequence[int]) -> tuple[str, bytes]:
    """In the smallest numbers that hold all of them: which, and the bytes."""
    most = max(max(values, default=0), -1 - min(values, default=0))
    kind = next(kind for kind, bound in _SMALLEST_FIRST.items() if most < bound)
    return kind, struct.pack(f"<{len(values)}{kind}", *values)


def _lists(packed: bytes, layout: str, places: int) -> list[tuple[int, ...]]:
    found, at = [], 0
    for kind in layout:
        found.append(struct.unpack_from(f"<{places}{kind}", packed, at))
        at += struct.calcsize(f"<{places}{kind}")
    return found


def _standings(kept: Mapping[str, Any], roster: Roster) -> Standings:
    if "columns" in kept:
        return Standings(
            roster,
            Columns(
                **dict(zip(_LISTS, kept["lists"], strict=True)),
                room=dict(kept["room"]),
                had_this_lead=dict(kept["had_this_lead"]),
                excludes_customer=frozenset(kept["excludes_customer"]),
            ),
        )
    if "roster" in kept:
        return Standings(roster, Columns.of_rows(kept["standings"]), Form.ROWS)
    return Standings(roster, Columns.of_rows([row[2:] for row in kept["partners"]]), Form.REVISIONS)


def _bytes_of(values: dict[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
