"""The brake: off, one to one before the limit, stopped at it, and off again only when there is room."""

from hypothesis import given
from hypothesis import strategies as st

from dialer.brakes import braking
from dialer.pacing.policy import Account, Brake, Limit
from dialer.reasons import in_english

LIMIT = Limit(abandoned_share=0.03)


def brake(answered: float, abandoned: float, before: Brake = Brake.OFF, *, steers: bool = False) -> Brake:
    return braking(before, LIMIT, Account(answered, abandoned), steers=steers).brake


def test_campaign_that_does_not_steer_steps_down_before_the_limit() -> None:
    assert brake(1000, 20) is Brake.OFF
    assert brake(1000, 27) is Brake.ONE_TO_ONE


def test_one_abandoned_call_among_the_first_answers_is_no_share() -> None:
    assert brake(20, 1) is Brake.OFF


def test_brake_lets_go_only_well_below_the_limit() -> None:
    assert brake(1000, 25, Brake.ONE_TO_ONE) is Brake.ONE_TO_ONE
    assert brake(1000, 22, Brake.ONE_TO_ONE) is Brake.OFF


def test_policy_that_steers_may_go_up_to_the_limit() -> None:
    assert brake(1000, 29.5, steers=True) is Brake.OFF


def test_everything_stops_where_the_limit_is_clearly_passed_until_it_is_kept_again() -> None:
    for steers, abandoned in ((True, 41), (False, 35)):
        assert brake(1000, abandoned, steers=steers) is Brake.STOP
        assert brake(1000, 31, Brake.STOP, steers=steers) is Brake.STOP
        assert brake(1000, 30, Brake.STOP, steers=steers) is not Brake.STOP


def test_policy_that_steers_makes_good_one_to_one_what_chance_does() -> None:
    assert brake(1000, 35, steers=True) is Brake.OFF
    assert brake(1000, 36, steers=True) is Brake.ONE_TO_ONE
    assert brake(1000, 40, steers=True) is Brake.ONE_TO_ONE
    assert brake(1100, 36, Brake.ONE_TO_ONE, steers=True) is Brake.ONE_TO_ONE
    assert brake(1120, 36, Brake.ONE_TO_ONE, steers=True) is Brake.OFF


def test_few_answers_and_many_scatter_by_less_and_by_more() -> None:
    assert brake(100, 8, steers=True) is Brake.ONE_TO_ONE
    assert brake(10_000, 315, steers=True) is Brake.OFF
    assert brake(10_000, 318, steers=True) is Brake.ONE_TO_ONE


def test_one_to_one_says_what_it_waits_for() -> None:
    why = in_english(braking(Brake.OFF, LIMIT, Account(1000, 36), steers=True).why)
    assert "one line per agent until half of what is too much is made good" in why


def test_brake_says_why_with_the_figures() -> None:
    why = in_english(braking(Brake.OFF, LIMIT, Account(1000, 28), steers=False).why)
    assert "2.8% of 1000" in why
    assert "3.0%" in why


def test_where_nobody_may_be_abandoned_there_is_nothing_to_brake() -> None:
    assert braking(Brake.STOP, Limit(0.0), Account(100, 50), steers=False).brake is Brake.OFF


_ORDER = (Brake.OFF, Brake.ONE_TO_ONE, Brake.STOP)


@given(st.integers(0, 5000), st.integers(0, 300), st.sampled_from(_ORDER), st.booleans())
def test_one_more_abandoned_call_never_loosens_the_brake(
    answered: int,
    abandoned: int,
    before: Brake,
    steers: bool,
) -> None:
    fewer, more = (braking(before, LIMIT, Account(answered, abandoned + one), steers=steers).brake for one in (0, 1))
    assert _ORDER.index(more) >= _ORDER.index(fewer)


def with_detector(share: float) -> tuple[Brake, str]:
    errors = 1000 * share / (1 - share)
    braked = braking(Brake.OFF, LIMIT, Account(1000 + errors, errors, errors), steers=True)
    return braked.brake, in_english(braked.why)


def test_detector_whose_errors_are_all_that_may_be_abandoned_leaves_one_line_per_agent() -> None:
    brake, why = with_detector(0.03)
    assert brake is Brake.ONE_TO_ONE
    assert "one line per agent while it is on" in why


def test_detector_whose_errors_alone_break_the_limit_stops_the_campaign_at_once_and_is_named() -> None:
    brake, why = with_detector(0.031)
    assert brake is Brake.STOP
    assert "until it is switched off" in why


def test_detector_that_leaves_room_is_no_reason_to_brake() -> None:
    assert with_detector(0.02) == (Brake.OFF, "")
