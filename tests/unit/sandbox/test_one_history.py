"""One seed gives one history, byte for byte, on the virtual clock."""

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import OwnNumber
from sandbox.engine.orders import Program
from sandbox.engine.ports import Fetched
from sandbox.engine.wav import wav_chunks
from sandbox.people import People, draw
from tests.unit.sandbox.stage import ACCOUNT, APP, PARK, Stage, detection


class _Town(Stage):
    seed = 1

    def draw(self, number: str, dial_count: int) -> Behaviour:
        return draw(People(human=0.5), self.seed, number, dial_count)


def _history(seed: int) -> str:
    town = _Town()
    town.seed = seed
    for desk in range(3):
        town.park(f"desk{desk}", f"client:agent{desk}")
    town.run(5.0)
    for number in range(60):
        room = PARK.format(room=f"desk{number % 3}")
        town.call(f"+4144555{number % 40:04d}", room, detection=detection("DetectMessageEnd"))
        town.run(4.0)
    town.run(2000.0)
    assert any('"call_bridged"' in line for line in town.ledger)
    return "\n".join(town.ledger)


def test_same_seed_gives_the_same_history_byte_for_byte() -> None:
    assert _history(1) == _history(1)


def test_another_seed_gives_another_history() -> None:
    assert _history(1) != _history(2)


PROGRAMS = (
    f"<Response><Enqueue action='{APP}/out' waitUrl='{APP}/music'>line</Enqueue></Response>",
    f"<Response><Dial record='record-from-ringing'><Client url='{APP}/music'>eve</Client></Dial></Response>",
    f"<Response><Gather input='dtmf speech' action='{APP}/out'><Play>{APP}/hello.wav</Play></Gather></Response>",
    f"<Response><Record action='{APP}/out' maxLength='20' trim='trim-silence'/></Response>",
    "<Response><Dial>+41445559999</Dial></Response>",
    f"<Response><Dial><Conference record='true' waitUrl='{APP}/music' beep='onExit'>a</Conference></Dial></Response>",
)


def _whole_history(seed: int) -> tuple[str, list[bytes]]:
    pages = {
        f"{APP}/music": Fetched(body="<Response><Say>please wait for a moment</Say></Response>"),
        f"{APP}/out": Fetched(body="<Response><Say>goodbye</Say></Response>"),
        f"{APP}/hello.wav": Fetched(seconds=3.25),
    }
    town = _Town(pages=pages)
    town.seed = seed
    own = OwnNumber(ACCOUNT, "+41445559999", Program(twiml="<Response><Say>hello</Say><Pause length='5'/></Response>"))
    town.board.find_number = lambda number: own if number == own.number else None
    for number in range(60):
        town.call(f"+4144555{number:04d}", PROGRAMS[number % len(PROGRAMS)])
        if number % 9 == 0:
            town.call("client:ann", "<Response><Dial timeLimit='60'><Queue>line</Queue></Dial></Response>")
        town.run(3.0)
    town.run(2000.0)
    now = town.clock.now()
    return "\n".join(town.ledger), [b"".join(wav_chunks(one, now)) for one in list(town.board.recordings.values())[:12]]


def test_whole_twiml_gives_the_same_history_and_the_same_sound() -> None:
    history, sounds = _whole_history(1)
    assert (history, sounds) == _whole_history(1)
    assert len(sounds) > 10
    for kind in ("queue_joined", "recording_completed", "beep_heard", "call_bridged"):
        assert f'"{kind}"' in history
    assert history != _whole_history(2)[0]
