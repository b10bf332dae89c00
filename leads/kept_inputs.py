"""Packs the inputs of a decision small and reads them back: partners by a roster of their revisions."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leads.facts import LeadFacts, PartnerFacts, Policy, ProtectionFacts, RelationFacts
from leads.ranking import Choice, Inputs
from leads.roster import Roster, Standings

_QUICK = 1


def written(inputs: Inputs) -> bytes:
    """The inputs as bytes, always the same for the same inputs."""
    return _bytes_of(
        {
            "lead": inputs.lead.to_json(),
            **_partners(inputs.partners),
            "relations": [relation.to_json() for relation in inputs.relations],
            "protections": [protection.to_json() for protection in inputs.protections],
            "policy": inputs.policy.mark,
            "seed": inputs.seed,
            "now": inputs.now.isoformat(),
        }
    )


def _partners(partners: Sequence[PartnerFacts]) -> dict[str, Any]:
    if isinstance(partners, Standings) and partners.by_mark:
        return {"roster": partners.roster.mark, "standings": partners.rows}
    return {"partners": [one.counts() for one in partners]}


def pack(plain: bytes) -> bytes:
    """Smaller, for keeping: partners differ in few digits."""
    return zlib.compress(plain, _QUICK)


def unpack(packed: bytes) -> dict[str, Any]:
    """What was packed, still as plain values."""
    found: dict[str, Any] = json.loads(zlib.decompress(packed))
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


def _standings(kept: Mapping[str, Any], roster: Roster) -> Standings:
    if "roster" in kept:
        return Standings(roster, [tuple(row) for row in kept["standings"]], by_mark=True)
    return Standings(roster, [tuple(row[2:]) for row in kept["partners"]])


def _bytes_of(values: dict[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
