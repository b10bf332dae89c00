"""How many contacts to dial now. One file per policy, each pure: facts in, decision out."""

from dialer.pacing.policy import PacingPolicy
from dialer.pacing.progressive import Progressive

POLICIES: dict[str, PacingPolicy] = {policy.name: policy for policy in (Progressive(),)}
