"""The centre around the answer webhook, in a process of its own: lines that start to ring, and agents who end a talk
and say what came of it, through the product's own doors. Without it nobody would be left to answer for after a second.
"""

import json
import time
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.programs import take_plan
from dialer import calls, desk, lifecycle
from dialer.call_states import CallStatus, What
from dialer.tables import Call
from dialer.wiring import Parts, build_parts
from foundation.settings import load_settings
from telephony.carrier import CallReport, Reported

STEP_SECONDS = 0.1
TALK_SECONDS = 0.2
RINGING_SECONDS = 0.5


@dataclass(frozen=True)
class Plan:
    """Calls that will be answered one by one, at `per_second` from the Unix time `start_at`."""

    call_ids: list[str]
    per_second: float
    start_at: float


def write_plan(plan: Plan) -> bytes:
    """What the process reads."""
    return json.dumps(asdict(plan)).encode()


class CallCentre:
    """Carries out a plan, step by step."""

    def __init__(self, parts: Parts, plan: Plan) -> None:
        self._parts, self._plan = parts, plan
        self._rung = 0

    @property
    def ends_at(self) -> float:
        """The Unix time at which the last call has been answered and ended."""
        return self._plan.start_at + len(self._plan.call_ids) / self._plan.per_second + 2.0

    def step(self, at: float) -> None:
        """Do what is due at a Unix time."""
        self._ring_lines(at)
        for call_id, agent_id in self._talks_that_end():
            self._end_talk(call_id, agent_id)

    def _ring_lines(self, at: float) -> None:
        """Lines begin to ring half a second before they are answered, so that few ring at once, as in a centre."""
        due = int((at + RINGING_SECONDS - self._plan.start_at) * self._plan.per_second)
        call_ids = self._plan.call_ids[self._rung : max(self._rung, due)]
        if not call_ids:
            return
        now = self._parts.clock.now()
        with self._parts.database.transaction(relaxed=True) as session:
            for call_id in call_ids:
                call = calls.lock_call(session, call_id)
                assert call is not None
                calls.move(session, call, What.RINGING, now)
        self._rung += len(call_ids)

    def _talks_that_end(self) -> list[tuple[str, str]]:
        since = self._parts.clock.now() - self._parts.clock.real_seconds(TALK_SECONDS)
        with self._parts.database.reading() as session:
            rows = session.execute(
                select(Call.id, Call.agent_id).where(
                    Call.status == CallStatus.CONNECTING, Call.kind == "contact", Call.status_since <= since
                )
            )
            return [(call_id, agent_id or "") for call_id, agent_id in rows]

    def _end_talk(self, call_id: str, agent_id: str) -> None:
        for what in (Reported.JOINED, Reported.LEFT):
            with self._parts.database.transaction(relaxed=True) as session:
                self._report(session, call_id, what)
        said = desk.Said("not_interested")
        desk.record_disposition(self._parts, agent_id, call_id, said, self._parts.clock.now())

    def _report(self, session: Session, call_id: str, what: Reported) -> None:
        lifecycle.on_report(self._parts, session, CallReport(call_id, what.value, what), self._parts.clock.now())


def main() -> None:
    """Carry out the plan that this process is given, then end."""
    parts = build_parts(load_settings())
    plan = Plan(**take_plan())
    centre = CallCentre(parts, plan)
    while time.time() < centre.ends_at:
        began_at = time.time()
        centre.step(began_at)
        time.sleep(max(0.0, began_at + STEP_SECONDS - time.time()))


if __name__ == "__main__":
    main()
