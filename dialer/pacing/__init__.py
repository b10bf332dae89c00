"""How many contacts to dial now. One file per policy, each pure: facts in, decision out."""

from dialer.pacing.agentless import Agentless
from dialer.pacing.policy import PacingPolicy
from dialer.pacing.power import Power
from dialer.pacing.predictive import Predictive
from dialer.pacing.preview import Preview
from dialer.pacing.progressive import Progressive

POLICIES: dict[str, PacingPolicy] = {
    policy.name: policy for policy in (Preview(), Progressive(), Power(), Predictive(), Agentless())
}
