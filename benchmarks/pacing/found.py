"""Settings of other dialers found with hindsight by `benchmarks.pacing.search`, by agents and answer rate."""

from benchmarks.pacing.rivals import VicidialSettings

VICIDIAL: dict[tuple[int, float], VicidialSettings] = {
    (5, 0.25): VicidialSettings(
        available_only_tally=True, drop_seconds=2.0, level_difference_target=-1.0, maximum_level=2.0
    ),
    (15, 0.25): VicidialSettings(
        available_only_tally=True,
        drop_seconds=2.0,
        level_difference_target=-2.0,
        intensity=25.0,
        maximum_level=3.0,
        method="AVERAGE",
    ),
    (50, 0.25): VicidialSettings(
        available_only_tally=True,
        drop_seconds=2.0,
        level_difference_target=-0.5,
        intensity=25.0,
        maximum_level=4.0,
    ),
    (15, 0.15): VicidialSettings(
        available_only_tally=True, drop_seconds=2.0, level_difference_target=0.5, maximum_level=4.0
    ),
    (15, 0.4): VicidialSettings(
        available_only_tally=True, drop_seconds=2.0, level_difference_target=-1.0, maximum_level=2.0
    ),
    (5, 0.15): VicidialSettings(
        available_only_tally=True,
        drop_seconds=2.0,
        level_difference_target=0.5,
        maximum_level=2.5,
        method="AVERAGE",
    ),
    (5, 0.4): VicidialSettings(
        available_only_tally=True, drop_seconds=2.0, level_difference_target=-1.0, intensity=-25.0, maximum_level=2.0
    ),
}
BINOMIAL: dict[tuple[int, float], float] = {
    (5, 0.25): 0.0486,
    (15, 0.25): 0.1421,
    (50, 0.25): 0.6794,
    (15, 0.15): 0.1171,
    (15, 0.4): 0.1607,
    (5, 0.15): 0.0277,
    (5, 0.4): 0.0704,
}


def nearest(agents: int, rate: float) -> tuple[int, float]:
    """The searched case that is most like this one."""
    return min(BINOMIAL, key=lambda case: (abs(case[0] - agents) / agents + abs(case[1] - rate) / rate, case))
