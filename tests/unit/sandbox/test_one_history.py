"""One seed gives one history, byte for byte, on the virtual clock."""

from sandbox.engine.behaviour import Behaviour
from sandbox.people import People, draw
from tests.unit.sandbox.stage import PARK, Stage, detection


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
