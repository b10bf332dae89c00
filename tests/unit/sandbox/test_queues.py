"""Queues: first come first served, documents while people wait, and what everybody hears when it is over."""

import pytest

from sandbox.engine import enqueue, exchange, queues
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.lines import hang_up
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.ports import Fetched
from sandbox.engine.records import Call, Queue
from tests.unit.sandbox.stage import ACCOUNT, AGENT, APP, Stage

PATIENT = Behaviour("human", answer_seconds=1.0, setup_seconds=0.5, hold_patience_seconds=500.0, talk_seconds=30.0)
WAIT = "<Response><Enqueue action='http://app.test/out' {attributes}>support</Enqueue></Response>"
TAKE = "<Response><Dial action='http://app.test/taken' {attributes}><Queue {noun}>support</Queue></Dial></Response>"


def _stage(**pages: str) -> Stage:
    stage = Stage(pages={f"{APP}/{name}": Fetched(body=body) for name, body in pages.items()})
    stage.people.update({f"+4144555000{number}": PATIENT for number in range(1, 6)})
    return stage


def _wait(stage: Stage, number: int = 1, attributes: str = "") -> Call:
    call = stage.call(f"+4144555000{number}", WAIT.format(attributes=attributes))
    stage.run(3.0)
    return call


def _take(stage: Stage, name: str = "ann", attributes: str = "", noun: str = "") -> Call:
    call = stage.call(f"client:{name}", TAKE.format(attributes=attributes, noun=noun))
    stage.run(2.0)
    return call


def _queue(stage: Stage) -> Queue:
    queue = queues.find_queue(stage.board, ACCOUNT, "support")
    assert queue is not None
    return queue


def _asked(stage: Stage, path: str) -> dict[str, str]:
    return dict(next(one for one in reversed(stage.fetches) if one.webhook.url == f"{APP}/{path}").params)


def test_queue_is_made_on_demand_and_served_in_order() -> None:
    stage = _stage()
    first, second = _wait(stage, 1), _wait(stage, 2)
    queue = _queue(stage)
    assert list(queue.members) == [first.sid, second.sid]
    _take(stage)
    assert (first.bridged_since is not None, list(queue.members)) == (True, [second.sid])
    assert queues.find_member(queue, "Front") is queue.members[second.sid]


def test_both_hear_how_it_ended() -> None:
    stage = _stage(out="<Response><Hangup/></Response>", taken="<Response><Hangup/></Response>")
    caller = _wait(stage)
    agent = _take(stage)
    stage.run(10.0)
    exchange.complete_call(stage.board, agent)
    stage.run(1.0)
    out, taken = _asked(stage, "out"), _asked(stage, "taken")
    assert (out["QueueResult"], out["QueueSid"], out["QueueTime"]) == ("bridged", _queue(stage).sid, "2")
    assert (taken["DialCallStatus"], taken["DialCallSid"]) == ("completed", caller.sid)
    assert caller.hung_up_by == "program"


def test_person_who_hangs_up_frees_the_agent() -> None:
    stage = _stage(taken="<Response><Say>next please</Say></Response>")
    _wait(stage)
    agent = _take(stage)
    stage.run(35.0)
    assert _asked(stage, "out")["QueueResult"] == "bridged"
    assert _asked(stage, "taken")["DialCallDuration"] == "30"
    assert any('"verb": "Say"' in line and agent.sid in line for line in stage.ledger)


def test_agent_waits_for_the_first_who_comes() -> None:
    stage = _stage()
    ann, bob = _take(stage, "ann"), _take(stage, "bob")
    caller = _wait(stage)
    assert ann.bridged_since is not None
    assert bob.bridged_since is None
    assert caller.bridged_since is not None
    assert list(_queue(stage).takers) == [bob.sid]


def test_document_of_those_who_wait_runs_over_and_over_and_knows_their_place() -> None:
    stage = _stage(music="<Response><Play digits='1234'/></Response>")
    _wait(stage, 1, f"waitUrl='{APP}/music'")
    stage.run(6.0)
    _wait(stage, 2, f"waitUrl='{APP}/music'")
    asked = [dict(one.params) for one in stage.fetches if one.webhook.url == f"{APP}/music"]
    assert len(asked) >= 4
    assert (asked[0]["QueuePosition"], asked[0]["QueueTime"], asked[0]["CurrentQueueSize"]) == ("1", "0", "1")
    second = next(one for one in asked if one["QueuePosition"] == "2")
    assert (second["CurrentQueueSize"], second["AvgQueueTime"]) == ("2", "4")


def test_document_that_takes_no_time_is_asked_once() -> None:
    stage = _stage(music="<Response/>")
    _wait(stage, 1, f"waitUrl='{APP}/music'")
    stage.run(60.0)
    assert sum(one.webhook.url == f"{APP}/music" for one in stage.fetches) == 1


def test_leave_goes_on_with_what_follows() -> None:
    stage = _stage(
        music="<Response><Gather numDigits='1' timeout='5' action='/pressed'/></Response>",
        pressed="<Response><Leave/></Response>",
        out="<Response><Say>goodbye now</Say></Response>",
    )
    call = _wait(stage, 1, f"waitUrl='{APP}/music'")
    assert call.receive_input is not None
    call.receive_input("dtmf", "9")
    stage.run(0.5)
    assert _asked(stage, "out")["QueueResult"] == "leave"
    assert _queue(stage).members == {}
    assert call.status == "in-progress"


def test_leave_outside_a_queue_is_warned_of() -> None:
    stage = _stage()
    stage.call("+41445550001", "<Response><Leave/></Response>")
    stage.run()
    assert stage.alerts() == [12200]


def test_full_queue_takes_nobody() -> None:
    stage = _stage()
    queue = queues.create_queue(stage.board, ACCOUNT, "support", max_size=1)
    _wait(stage, 1)
    late = _wait(stage, 2)
    assert _asked(stage, "out")["QueueResult"] == "queue-full"
    assert "QueueSid" not in _asked(stage, "out")
    assert late.sid not in queue.members


def test_hang_up_while_waiting_is_told() -> None:
    stage = _stage()
    call = _wait(stage)
    hang_up(stage.board, call, "callee")
    assert _asked(stage, "out")["QueueResult"] == "hangup"
    assert _queue(stage).members == {}


def test_member_that_is_dequeued_by_the_api_runs_what_it_was_given() -> None:
    stage = _stage(elsewhere="<Response><Pause length='9'/></Response>")
    call = _wait(stage)
    member = queues.find_member(_queue(stage), call.sid)
    assert member is not None
    enqueue.dequeue(stage.board, member, Program(Webhook(f"{APP}/elsewhere")))
    stage.run(1.0)
    assert _asked(stage, "out")["QueueResult"] == "redirected"
    assert (call.status, call.member, _queue(stage).members) == ("in-progress", None, {})
    assert call.script.base == Webhook(f"{APP}/elsewhere")


def test_person_who_is_redirected_out_of_a_talk_is_told_so_and_frees_the_agent() -> None:
    stage = _stage(taken="<Response><Pause length='5'/></Response>")
    call = _wait(stage)
    agent = _take(stage)
    exchange.redirect_call(stage.board, call, Program(twiml="<Response><Pause length='9'/></Response>"))
    assert _asked(stage, "out")["QueueResult"] == "redirected-from-bridged"
    assert (agent.bridged_since, call.bridged_since, call.status) == (None, None, "in-progress")


def test_whisper_runs_on_the_waiting_side_before_the_two_talk() -> None:
    stage = _stage(whisper="<Response><Say>this call will be recorded now</Say></Response>")
    call = _wait(stage)
    agent = _take(stage, noun=f"url='{APP}/whisper'")
    asked = _asked(stage, "whisper")
    assert (asked["CallSid"], asked["DequeingCallSid"]) == (call.sid, agent.sid)
    assert agent.bridged_since is None
    stage.run(2.0)
    assert agent.bridged_since is not None


def test_hang_up_during_the_whisper_is_told_apart() -> None:
    stage = _stage(whisper="<Response><Pause length='20'/></Response>")
    call = _wait(stage)
    _take(stage, noun=f"url='{APP}/whisper'")
    hang_up(stage.board, call, "callee")
    assert _asked(stage, "out")["QueueResult"] == "bridging-in-process"
    assert _asked(stage, "taken")["DialBridged"] == "false"


def test_time_limit_parts_the_two() -> None:
    stage = _stage(taken="<Response><Pause length='50'/></Response>", out="<Response><Pause length='50'/></Response>")
    call = _wait(stage)
    agent = _take(stage, attributes="timeLimit='10'")
    stage.run(12.0)
    assert (agent.status, call.status, call.bridged_since) == ("in-progress", "in-progress", None)


def test_dialed_queue_can_be_recorded() -> None:
    stage = _stage()
    _wait(stage)
    agent = _take(stage, attributes="record='record-from-answer'")
    stage.run(35.0)
    (recording,) = stage.board.recordings.values()
    assert (recording.call, recording.status) == (agent, "completed")


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_queue_with_somebody_in_it_is_not_deleted(who: str) -> None:
    stage = _stage()
    call = _wait(stage) if who == "caller" else _take(stage)
    queue = _queue(stage)
    assert not queues.delete_queue(stage.board, queue)
    hang_up(stage.board, call, "api")
    assert queues.delete_queue(stage.board, queue)
    assert queues.find_queue(stage.board, ACCOUNT, queue.sid) is None


def test_renamed_queue_is_found_by_its_new_name() -> None:
    stage = _stage()
    queue = queues.create_queue(stage.board, ACCOUNT, "old")
    queues.rename_queue(stage.board, queue, "support")
    assert _queue(stage) is queue
    assert queues.find_queue(stage.board, ACCOUNT, "old") is None
    assert queues.find_queue(stage.board, "AC" + "1" * 32, queue.sid) is None


def test_agent_who_is_not_served_hears_nothing_when_hung_up() -> None:
    stage = _stage()
    agent = _take(stage)
    hang_up(stage.board, agent, "callee")
    assert _asked(stage, "taken")["DialCallStatus"] == "no-answer"
    assert AGENT.is_agent
    assert _queue(stage).takers == {}
