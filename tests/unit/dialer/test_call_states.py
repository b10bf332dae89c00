"""A call's table of states under every order, repeat and loss of its reports."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.call_states import DIALING, FINAL, IN_FLIGHT, LIVE, CallStatus, What, next_status
from tests.unit.dialer.call_stories import STORIES, Story, path_of, tellings

ANYTHING = st.lists(st.sampled_from(What), max_size=30)
# All but our own finding that late news tells of a meeting, of which the last test here speaks.
WHATEVER_COMES = st.lists(st.sampled_from(sorted(set(What) - {What.MET})), max_size=30)


@pytest.mark.parametrize("status", sorted(FINAL))
@given(happenings=WHATEVER_COMES)
def test_final_status_never_changes_whatever_comes_later(status: CallStatus, happenings: list[What]) -> None:
    assert set(path_of(happenings, start=status)) == {status}


@given(happenings=ANYTHING)
def test_second_report_in_a_row_changes_nothing(happenings: list[What]) -> None:
    for status, what in zip(path_of(happenings), happenings, strict=False):
        once = next_status(status, what)
        assert next_status(once, what) is once


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
@given(st.data())
def test_doubled_and_shuffled_reports_end_in_the_storys_own_status(story: Story, data: st.DataObject) -> None:
    path = path_of(data.draw(tellings(story)))
    assert path[-1] is story.ending
    first_final = next(index for index, status in enumerate(path) if status in FINAL)
    assert set(path[first_final:]) == {story.ending}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_permutation_of_the_reports_after_our_answer_ends_the_same(story: Story) -> None:
    start = path_of([What.CLAIMED, What.ANSWERED, story.answer] if story.answer else [What.CLAIMED])[-1]
    for order in permutations([What.PLACED, *story.before, *story.after]):
        assert path_of([*order, What.SETTLED], start=start)[-1] is story.ending, order


@given(happenings=ANYTHING)
def test_call_is_asked_for_at_most_once_unless_the_carrier_certainly_did_not_take_it(happenings: list[What]) -> None:
    path = path_of(happenings)
    claims = 0
    for (before, after), what in zip(pairwise(path), happenings, strict=True):
        if before is CallStatus.QUEUED and after is CallStatus.PLACING:
            claims += 1
            assert claims == 1, "claimed again without a certain 'not processed' in between"
        if after is CallStatus.QUEUED and before is not CallStatus.QUEUED:
            assert what is What.THROTTLED
            claims = 0


@pytest.mark.parametrize("status", sorted(LIVE - {CallStatus.QUEUED}))
@pytest.mark.parametrize("over", [What.COMPLETED, What.BUSY, What.NO_ANSWER, What.FAILED, What.CANCELED])
def test_carrier_that_says_a_call_is_over_ends_it_in_whatever_state(status: CallStatus, over: What) -> None:
    assert path_of([over, What.SETTLED], start=status)[-1] in FINAL


def test_outcome_that_is_unknown_can_only_be_settled_by_news_of_the_carrier() -> None:
    ours = {What.CLAIMED, What.GATE_REFUSED, What.WITHDRAWN, What.TAKEN, What.NO_AGENT, What.SETTLED}
    ours |= {What.FOUND_NOBODY, What.MET}
    assert {next_status(CallStatus.UNKNOWN, what) for what in ours} == {CallStatus.UNKNOWN}


@pytest.mark.parametrize("status", sorted(CallStatus))
def test_verdict_on_who_answered_moves_no_call(status: CallStatus) -> None:
    assert next_status(status, What.HUMAN_HEARD) is status
    assert next_status(status, What.MACHINE_HEARD) is status


def test_each_status_is_either_live_or_final() -> None:
    assert set(CallStatus) == LIVE | FINAL
    assert not LIVE & FINAL
    assert IN_FLIGHT < LIVE
    assert DIALING < LIVE


def test_a_line_in_use_counts_from_the_claim_until_the_call_is_over() -> None:
    assert {CallStatus.PLACING, CallStatus.UNKNOWN, CallStatus.BRIDGED, CallStatus.SETTLING} <= IN_FLIGHT
    assert CallStatus.QUEUED not in IN_FLIGHT


def test_only_an_end_that_was_decided_without_news_gives_way_to_the_news_and_once() -> None:
    moved = {status for status in CallStatus if next_status(status, What.MET) is not status}
    assert moved == {CallStatus.HUNG_UP_BEFORE_BRIDGE, CallStatus.ABANDONED}
    assert {next_status(status, What.MET) for status in moved} == {CallStatus.COMPLETED}
