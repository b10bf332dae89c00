"""Why each partner did or did not get a lead, from the inputs that were kept. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from leads.ranking import TURN, Choice, Inputs, choose, judge_all, tie_break
from leads.verdicts import Excluded, Fits, Verdict
from leads.worth import Worth, week_gone_milli, worth_of


@dataclass(frozen=True)
class Candidate:
    """One partner in one decision. `rank` is 0 for those whom a rule excludes.

    What would have changed it: `would_rank` is the place of an excluded partner had its excluding rules let it pass,
    without points from them; `short_by` is what others lacked to the first.
    """

    partner_id: str
    verdicts: dict[str, Verdict]
    worth: Worth
    share_milli: int = 0
    credit_before_milli: int = 0
    credit_after_milli: int = 0
    rank: int = 0
    would_rank: int = 0
    short_by: int = 0

    @property
    def fits(self) -> bool:
        return all(isinstance(verdict, Fits) for verdict in self.verdicts.values())

    @property
    def exclusions(self) -> tuple[Excluded, ...]:
        return tuple(verdict for verdict in self.verdicts.values() if isinstance(verdict, Excluded))

    def to_json(self) -> dict[str, Any]:
        return {
            "partner_id": self.partner_id,
            "fits": self.fits,
            "rules": {name: verdict.to_json() for name, verdict in self.verdicts.items()},
            "worth": self.worth.to_json(),
            "share_milli": self.share_milli,
            "credit_before_milli": self.credit_before_milli,
            "credit_after_milli": self.credit_after_milli,
            "rank": self.rank,
            "would_rank": self.would_rank,
            "short_by": self.short_by,
        }


@dataclass(frozen=True)
class Explanation:
    """A choice with everybody's reasons, best first, the excluded after them.

    `verifies` is False where what was kept is no longer what was decided: then the reasons are not to be relied on.
    """

    choice: Choice
    candidates: tuple[Candidate, ...]
    verifies: bool = True

    def to_json(self) -> dict[str, Any]:
        candidates = [candidate.to_json() for candidate in self.candidates]
        return self.choice.to_json() | {"verifies": self.verifies, "candidates": candidates}

    def of(self, partner_id: str) -> Candidate | None:
        """A partner's own reasons; None where it was no candidate."""
        return next((one for one in self.candidates if one.partner_id == partner_id), None)


def explain(inputs: Inputs) -> Explanation:
    """Judge everybody by every rule, where the choice itself stops at the first that excludes."""
    choice = choose(inputs)
    shares = dict(choice.shares)
    gone = week_gone_milli(inputs.now)
    judged = []
    for partner in inputs.partners:
        verdicts = judge_all(inputs, partner)
        points = sum(verdict.points for verdict in verdicts.values() if isinstance(verdict, Fits))
        share = shares.get(partner.partner_id, 0)
        paid = 1000 if choice.basis == TURN and choice.partner_id == partner.partner_id else 0
        judged.append(
            Candidate(
                partner.partner_id,
                verdicts,
                worth_of(partner, points, inputs.policy, gone),
                share,
                partner.credit_milli,
                partner.credit_milli + share - paid,
            )
        )
    lead_id, seed = inputs.lead.lead_id, inputs.seed
    judged.sort(key=lambda one: (not one.fits, -one.worth.value, tie_break(seed, lead_id, one.partner_id)))
    return Explanation(choice, _placed(judged))


def _placed(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    values = [one.worth.value for one in candidates if one.fits]
    return tuple(
        replace(one, rank=place, short_by=values[0] - one.worth.value)
        if one.fits
        else replace(one, would_rank=1 + sum(value >= one.worth.value for value in values))
        for place, one in enumerate(candidates, start=1)
    )
