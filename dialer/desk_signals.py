"""What the agent's desk tells of how far a talk has come. The pacing learns what each word is worth; no content in it.

A talk only moves on: whoever goes back from the form to the script is not further from the end.
"""

from datetime import datetime

from dialer import agents, hold_book
from dialer.wiring import Parts
from foundation.errors import Invalid

# The later, the nearer to the end. Being on hold is told by `holds`, and is a step beside these.
SIGNALS = ("script_close", "questions", "form_open", "notes", "nearly_done")


def note_signal(parts: Parts, agent_id: str, call_id: str, signal: str, now: datetime) -> bool:
    """Keep a signal of an agent's present call and wake the pacing; False where it tells nothing new.

    Raises:
        Invalid: there is no such signal.
    """
    if signal not in SIGNALS:
        raise Invalid("There is no such signal.")
    with parts.database.transaction(relaxed=True) as session:
        agent = agents.lock_agent(session, agent_id)
        if not call_id or agent.current_call_id != call_id:
            return False
        if agent.signal == hold_book.ON_HOLD:
            if _is_further(hold_book.signal_before(session, call_id), signal):
                hold_book.keep_for_later(session, call_id, signal)
            return False
        if not _is_further(agent.signal, signal):
            return False
        told = agents.note_signal(session, agent, signal, now)
        if told:
            parts.live.ring_after_commit(session, "tick")
        return told


def _is_further(before: str, signal: str) -> bool:
    return before not in SIGNALS or SIGNALS.index(signal) > SIGNALS.index(before)
