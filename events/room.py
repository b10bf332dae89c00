"""How many seats may be given: what was planned, or more where guests stay away, never more than the room. Pure."""

from dataclasses import dataclass

# Below so many guests who came or stayed away, a share says too little.
LEAST_MEASURED = 20
# Nobody plans with more than twice the seats, however few came.
LOWEST_RATE = 0.5


@dataclass(frozen=True)
class Measured:
    """How many confirmed guests of past events came, and how many stayed away."""

    attended: int = 0
    absent: int = 0

    @property
    def show_rate(self) -> float | None:
        """The share of confirmed guests who came; None while too few are counted."""
        counted = self.attended + self.absent
        return self.attended / counted if counted >= LEAST_MEASURED else None


def places(seats: int, room: int, *, overbooks: bool, measured: Measured) -> int:
    """How many guests may have a seat at once. `seats` are planned, `room` is the most that may ever be there."""
    rate = measured.show_rate
    if not overbooks or rate is None:
        return min(seats, room)
    return min(room, int(seats / max(rate, LOWEST_RATE)))
