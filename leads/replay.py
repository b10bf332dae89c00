"""Runs a kept decision again from its kept inputs: it comes out the same, and tells everybody's reasons."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from leads import kept_inputs
from leads.explanation import Explanation, explain
from leads.facts import Policy, Profile
from leads.ranking import Choice, Inputs, choose
from leads.roster import Roster
from leads.roster_tables import RoutingRoster
from leads.tables import PartnerRevision, RoutingPolicy, RoutingRound

# By partner and revision, which never change. Emptied when it grows past what a large house has.
_PROFILES: dict[tuple[str, int], Profile] = {}
_PROFILES_AT_MOST = 20_000
# By their revisions: who changes anything is on another. A lab or a night meets several, in their order.
_ROSTERS: dict[tuple[tuple[str, int], ...], Roster] = {}
_ROSTERS_AT_MOST = 8
_KNOWN_ROSTER = select(RoutingRoster.mark).where(RoutingRoster.mark == bindparam("mark"))
# SQLite takes so many values in one statement.
_LOT = 400


def replays_identically(session: Session, lead_id: str, number: int) -> bool:
    """Whether the decision of a round comes out again, to the byte.

    Raises:
        NotFound: the lead has no such round.
    """
    kept = _round(session, lead_id, number)
    inputs = inputs_of(session, kept)
    choice = choose(inputs)
    digest = kept_inputs.digest_of(kept_inputs.written(inputs), choice)
    return (digest, choice.partner_id, choice.basis) == (kept.digest, kept.partner_id, kept.basis)


def explain_round(session: Session, lead_id: str, number: int) -> Explanation:
    """Everybody's reasons in one round, and whether what was kept of it still verifies.

    Raises:
        NotFound: the lead has no such round.
    """
    return _explained(session, _round(session, lead_id, number))


def explain_latest(session: Session, lead_id: str) -> Explanation | None:
    """Everybody's reasons in the latest round; None before the first."""
    latest = select(RoutingRound).where(RoutingRound.lead_id == lead_id).order_by(RoutingRound.number.desc()).limit(1)
    kept = session.scalar(latest)
    return _explained(session, kept) if kept is not None else None


def inputs_of(session: Session, kept: RoutingRound) -> Inputs:
    """The inputs of a round, with partners and policy as they were."""
    plain = kept_inputs.unpack(kept.inputs)
    policy = session.get_one(RoutingPolicy, kept.policy_mark)
    return kept_inputs.read(plain, _roster_in(session, plain), Policy.from_json(policy.dials))


def was_candidate(session: Session, kept: RoutingRound, partner_id: str) -> bool:
    """Whether a partner was among those whom a round judged."""
    return partner_id in _roster_in(session, kept_inputs.unpack(kept.inputs)).places


def roster_of(session: Session, revisions: tuple[tuple[str, int], ...]) -> Roster:
    """The roster of these revisions, prepared once per process until somebody's changes."""
    roster = _ROSTERS.get(revisions)
    if roster is None:
        profiles = _profiles_of(session, revisions)
        roster = Roster(revisions, [profiles[one] for one in revisions])
        if len(_ROSTERS) >= _ROSTERS_AT_MOST:
            del _ROSTERS[next(iter(_ROSTERS))]
        _ROSTERS[revisions] = roster
    return roster


def keep_roster(session: Session, roster: Roster, now: datetime) -> None:
    """Keep who is on a roster, once, so that decisions may refer to it. Under the lock of credit."""
    if session.scalar(_KNOWN_ROSTER, {"mark": roster.mark}) is None:
        packed = zlib.compress(json.dumps(roster.revisions).encode())
        session.add(RoutingRoster(mark=roster.mark, revisions=packed, first_used_at=now))
        session.flush()


def _roster_in(session: Session, plain: dict[str, Any]) -> Roster:
    mark = plain.get("roster", "")
    return _marked(session, mark) if mark else roster_of(session, kept_inputs.revisions_of(plain))


def _marked(session: Session, mark: str) -> Roster:
    for roster in _ROSTERS.values():
        if roster.mark == mark:
            return roster
    row = session.get_one(RoutingRoster, mark)
    revisions = json.loads(zlib.decompress(row.revisions))
    return roster_of(session, tuple((str(partner_id), int(revision)) for partner_id, revision in revisions))


def _profiles_of(session: Session, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Profile]:
    """What partners offered as of a revision. Revisions do not change, so each is read once per process."""
    missing = [key for key in wanted if key not in _PROFILES]
    found = {key: _PROFILES[key] for key in wanted if key in _PROFILES}
    for start in range(0, len(missing), _LOT):
        revision = tuple_(PartnerRevision.partner_id, PartnerRevision.revision)
        rows = session.scalars(select(PartnerRevision).where(revision.in_(missing[start : start + _LOT])))
        found |= {(row.partner_id, row.revision): Profile.from_json(row.profile) for row in rows}
    if missing:
        if len(_PROFILES) + len(missing) > _PROFILES_AT_MOST:
            _PROFILES.clear()
        _PROFILES.update({key: found[key] for key in missing})
    return found


def _explained(session: Session, kept: RoutingRound) -> Explanation:
    explained = explain(inputs_of(session, kept))
    return replace(explained, verifies=verifies(kept, explained.choice))


def verifies(kept: RoutingRound, choice: Choice) -> bool:
    """Whether the kept bytes and what comes of them now are those that were written when it was decided."""
    digest = kept_inputs.digest_of(zlib.decompress(kept.inputs), choice)
    return (digest, choice.partner_id, choice.basis) == (kept.digest, kept.partner_id, kept.basis)


def _round(session: Session, lead_id: str, number: int) -> RoutingRound:
    kept = session.get(RoutingRound, (lead_id, number))
    if kept is None:
        raise NotFound("this lead has no such round")
    return kept
