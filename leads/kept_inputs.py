"""Packs the inputs of a decision small and reads them back: partners by revision, as `PartnerRevision` has them."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.facts import LeadFacts, Policy, ProtectionFacts, RelationFacts
from leads.ranking import Choice, Inputs
from leads.roster import Roster, Standings, rows_of

_QUICK = 1


def written(inputs: Inputs) -> bytes:
    """The inputs as bytes, always the same for the same inputs."""
    return _bytes_of(
        {
            "lead": inputs.lead.to_json(),
            "partners": rows_of(inputs.partners),
            "relations": [relation.to_json() for relation in inputs.relations],
            "protections": [protection.to_json() for protection in inputs.protections],
            "policy": inputs.policy.mark,
            "seed": inputs.seed,
            "now": inputs.now.isoformat(),
        }
    )


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
        partners=Standings(roster, [tuple(one) for one in kept["partners"]]),
        relations=tuple(RelationFacts.from_json(relation) for relation in kept["relations"]),
        policy=policy,
        now=datetime.fromisoformat(kept["now"]),
        protections=tuple(ProtectionFacts.from_json(protection) for protection in kept["protections"]),
        seed=kept["seed"],
    )


def _bytes_of(values: dict[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
