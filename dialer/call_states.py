"""The states of a call and what moves it from one to the next. Pure: a table, no storage.

Reports come late, twice and in any order. Each of these is an arrow in the table, so nobody needs an `if` for it; a
pair that is not in the table changes nothing.
"""

from enum import StrEnum


class CallStatus(StrEnum):
    """Where a call is."""

    QUEUED = "queued"  # wanted, not yet asked for
    PLACING = "placing"  # the carrier is being asked right now
    UNKNOWN = "unknown"  # asked, and nobody knows whether the carrier took it
    PLACED = "placed"  # the carrier has it
    RINGING = "ringing"
    ANSWERED = "answered"  # picked up, not yet told what to do
    CONNECTING = "connecting"  # on its way into a conference
    BRIDGED = "bridged"  # in the conference with the agent; for an agent's leg: parked
    ASKED = "asked"  # a partner has picked up and hears what it is about
    SETTLING = "settling"  # ended on its way into the conference; late reports may still say it got there

    COMPLETED = "completed"  # was bridged, and has ended
    HUNG_UP_BEFORE_BRIDGE = "hung_up_before_bridge"
    ABANDONED = "abandoned"  # a person answered and no agent came
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"  # the carrier refused it or could not put it through
    CANCELED = "canceled"
    DECLINED = "declined"  # a partner picked up and did not take the customer
    NOT_PLACED = "not_placed"  # was unknown; the carrier never had it
    REFUSED = "refused"  # the gate said no at the last moment
    WITHDRAWN = "withdrawn"  # no longer wanted before it was asked for


class What(StrEnum):
    """What can happen to a call."""

    GATE_REFUSED = "gate_refused"
    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    THROTTLED = "throttled"  # the carrier did not take it, for certain: it may be asked again
    PLACED = "placed"
    REJECTED = "rejected"
    OUTCOME_UNKNOWN = "outcome_unknown"
    FOUND_ABSENT = "found_absent"  # the carrier's list does not have it, after all patience
    INITIATED = "initiated"
    RINGING = "ringing"
    ANSWERED = "answered"
    TAKEN = "taken"  # told to join a conference
    NO_AGENT = "no_agent"
    ASKED = "asked"  # told what it is about, and waited for a key
    PLAYED = "played"  # told to listen to a message that stands in for an agent
    JOINED = "joined"
    LEFT = "left"
    MACHINE_HEARD = "machine_heard"
    HUMAN_HEARD = "human_heard"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"
    SETTLED = "settled"
    FOUND_NOBODY = "found_nobody"  # the agent's line was lost before they had met
    MET = "met"  # late news: customer and agent were in the room together after all


_S, _W = CallStatus, What

FINAL: frozenset[CallStatus] = frozenset(
    {
        _S.COMPLETED,
        _S.HUNG_UP_BEFORE_BRIDGE,
        _S.ABANDONED,
        _S.BUSY,
        _S.NO_ANSWER,
        _S.FAILED,
        _S.CANCELED,
        _S.DECLINED,
        _S.NOT_PLACED,
        _S.REFUSED,
        _S.WITHDRAWN,
    }
)
LIVE: frozenset[CallStatus] = frozenset(CallStatus) - FINAL
# Asked of the carrier and not over, as far as we know: these use up lines.
IN_FLIGHT: frozenset[CallStatus] = LIVE - {_S.QUEUED}
# Asked for, and nobody has picked up yet: these may still need an agent.
DIALING: frozenset[CallStatus] = frozenset({_S.QUEUED, _S.PLACING, _S.PLACED, _S.RINGING, _S.ANSWERED})

_NOT_YET_ANSWERED = (_S.PLACING, _S.UNKNOWN, _S.PLACED, _S.RINGING)
# A carrier that calls an answered call anything but completed contradicts itself; the call is over all the same.
_OVER = (_W.COMPLETED, _W.BUSY, _W.NO_ANSWER, _W.FAILED, _W.CANCELED)

TRANSITIONS: dict[tuple[CallStatus, What], CallStatus] = {
    (_S.QUEUED, _W.CLAIMED): _S.PLACING,
    (_S.QUEUED, _W.GATE_REFUSED): _S.REFUSED,
    (_S.QUEUED, _W.WITHDRAWN): _S.WITHDRAWN,
    (_S.PLACING, _W.THROTTLED): _S.QUEUED,
    (_S.PLACING, _W.PLACED): _S.PLACED,
    (_S.PLACING, _W.REJECTED): _S.FAILED,
    (_S.PLACING, _W.OUTCOME_UNKNOWN): _S.UNKNOWN,
    (_S.UNKNOWN, _W.PLACED): _S.PLACED,  # the answer came after all, or the carrier's list has it
    (_S.UNKNOWN, _W.REJECTED): _S.FAILED,
    (_S.UNKNOWN, _W.THROTTLED): _S.QUEUED,
    (_S.UNKNOWN, _W.FOUND_ABSENT): _S.NOT_PLACED,
    (_S.PLACING, _W.INITIATED): _S.PLACED,  # the callback overtook the carrier's answer: it has the call
    (_S.UNKNOWN, _W.INITIATED): _S.PLACED,
    (_S.PLACING, _W.RINGING): _S.RINGING,
    (_S.UNKNOWN, _W.RINGING): _S.RINGING,
    (_S.PLACED, _W.RINGING): _S.RINGING,
    **{(status, _W.ANSWERED): _S.ANSWERED for status in _NOT_YET_ANSWERED},
    **{(status, _W.BUSY): _S.BUSY for status in _NOT_YET_ANSWERED},
    **{(status, _W.NO_ANSWER): _S.NO_ANSWER for status in _NOT_YET_ANSWERED},
    **{(status, _W.FAILED): _S.FAILED for status in _NOT_YET_ANSWERED},
    **{(status, _W.CANCELED): _S.CANCELED for status in _NOT_YET_ANSWERED},
    # Completed means that somebody picked up. We were never asked what to do: to that person it was a silent call.
    **{(status, _W.COMPLETED): _S.ABANDONED for status in _NOT_YET_ANSWERED},
    # Someone is in a conference: whatever got lost before, this call was answered and taken.
    **{(status, _W.JOINED): _S.BRIDGED for status in _NOT_YET_ANSWERED},
    **{(status, _W.LEFT): _S.COMPLETED for status in _NOT_YET_ANSWERED},
    (_S.ANSWERED, _W.TAKEN): _S.CONNECTING,
    (_S.ANSWERED, _W.NO_AGENT): _S.ABANDONED,
    (_S.ANSWERED, _W.PLAYED): _S.COMPLETED,
    (_S.ANSWERED, _W.JOINED): _S.BRIDGED,
    (_S.ANSWERED, _W.LEFT): _S.COMPLETED,
    **{(_S.ANSWERED, over): _S.ABANDONED for over in _OVER},
    (_S.ANSWERED, _W.ASKED): _S.ASKED,
    (_S.ASKED, _W.TAKEN): _S.CONNECTING,
    (_S.ASKED, _W.JOINED): _S.BRIDGED,
    (_S.ASKED, _W.LEFT): _S.COMPLETED,
    **{(_S.ASKED, over): _S.DECLINED for over in _OVER},
    (_S.CONNECTING, _W.JOINED): _S.BRIDGED,
    (_S.CONNECTING, _W.LEFT): _S.COMPLETED,
    **{(_S.CONNECTING, over): _S.SETTLING for over in _OVER},
    (_S.SETTLING, _W.JOINED): _S.COMPLETED,
    (_S.SETTLING, _W.LEFT): _S.COMPLETED,
    (_S.SETTLING, _W.SETTLED): _S.HUNG_UP_BEFORE_BRIDGE,
    **{(status, _W.FOUND_NOBODY): _S.ABANDONED for status in (_S.CONNECTING, _S.BRIDGED, _S.SETTLING)},
    # What was decided for want of news gives way to the news, once; `meetings` says when. No other end ever changes.
    **{(status, _W.MET): _S.COMPLETED for status in (_S.HUNG_UP_BEFORE_BRIDGE, _S.ABANDONED)},
    # Whoever leaves our conference has hung up or been hung up: we never move a contact anywhere else.
    (_S.BRIDGED, _W.LEFT): _S.COMPLETED,
    **{(_S.BRIDGED, over): _S.COMPLETED for over in _OVER},
}


def next_status(status: CallStatus, what: What) -> CallStatus:
    """The status after `what` happened; the same one where the table has no arrow. No report changes a final status."""
    return TRANSITIONS.get((status, what), status)
