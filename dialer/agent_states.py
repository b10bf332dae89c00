"""The states of an agent and what moves an agent from one to the next. Pure: a table, no storage."""

from enum import StrEnum


class AgentStatus(StrEnum):
    """What an agent is doing."""

    OFFLINE = "offline"
    READY = "ready"  # parked, waiting for a call
    RESERVED = "reserved"  # a contact answered and is on the way
    ON_CALL = "on_call"
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"


class AgentMove(StrEnum):
    """What can happen to an agent."""

    GO_READY = "go_ready"
    PAUSE = "pause"
    SIGN_OFF = "sign_off"
    RESERVE = "reserve"
    RELEASE = "release"  # the contact hung up before the bridge
    CONNECT = "connect"
    HANG_UP = "hang_up"
    LOSE_LEG = "lose_leg"  # the agent's own phone went away


_S, _M = AgentStatus, AgentMove

MOVES: dict[tuple[AgentStatus, AgentMove], AgentStatus] = {
    (_S.OFFLINE, _M.GO_READY): _S.READY,
    (_S.PAUSED, _M.GO_READY): _S.READY,
    (_S.WRAPPING_UP, _M.GO_READY): _S.READY,
    (_S.OFFLINE, _M.PAUSE): _S.PAUSED,
    (_S.READY, _M.PAUSE): _S.PAUSED,
    (_S.WRAPPING_UP, _M.PAUSE): _S.PAUSED,
    (_S.PAUSED, _M.PAUSE): _S.PAUSED,
    (_S.READY, _M.SIGN_OFF): _S.OFFLINE,
    (_S.PAUSED, _M.SIGN_OFF): _S.OFFLINE,
    (_S.WRAPPING_UP, _M.SIGN_OFF): _S.OFFLINE,
    (_S.READY, _M.RESERVE): _S.RESERVED,
    (_S.RESERVED, _M.RELEASE): _S.READY,
    (_S.RESERVED, _M.CONNECT): _S.ON_CALL,
    (_S.RESERVED, _M.HANG_UP): _S.WRAPPING_UP,  # the news of the bridge was lost, the talk was not
    (_S.ON_CALL, _M.HANG_UP): _S.WRAPPING_UP,
    # Without a phone an agent cannot be ready; the leg is called again and brings the agent back.
    (_S.READY, _M.LOSE_LEG): _S.OFFLINE,
}

# States in which a person holds the agent: the wish to pause or leave waits until the wrap-up is over.
BUSY: frozenset[AgentStatus] = frozenset({_S.RESERVED, _S.ON_CALL, _S.WRAPPING_UP})


def next_agent_status(status: AgentStatus, move: AgentMove) -> AgentStatus | None:
    """The status after `move`, or None where that move is not possible now."""
    return MOVES.get((status, move))
