"""Stories of calls: what the carrier reports and what we do, with the order that causes force on them.

A carrier's reports come in any order and more than once. What we do ourselves has a place: a call is told to join a
room before anybody can join it, and whatever follows a join was sent after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from dialer.call_states import CallStatus, What, next_status


@dataclass(frozen=True)
class Story:
    """A call that ends as `ending`. `before` and `after`: reports sent before and after our answer, if we gave one."""

    name: str
    before: tuple[What, ...]
    answer: What | None
    after: tuple[What, ...]
    ending: CallStatus


_DIALED = (What.INITIATED, What.RINGING)
_PICKED_UP = (*_DIALED, What.ANSWERED)

STORIES = (
    Story("busy", (*_DIALED, What.BUSY), None, (), CallStatus.BUSY),
    Story("no answer", (*_DIALED, What.NO_ANSWER), None, (), CallStatus.NO_ANSWER),
    Story("failed", (What.INITIATED, What.FAILED), None, (), CallStatus.FAILED),
    Story("canceled", (*_DIALED, What.CANCELED), None, (), CallStatus.CANCELED),
    Story("talked", _PICKED_UP, What.TAKEN, (What.JOINED, What.LEFT, What.COMPLETED), CallStatus.COMPLETED),
    Story("talked, the leave was lost", _PICKED_UP, What.TAKEN, (What.JOINED, What.COMPLETED), CallStatus.COMPLETED),
    Story("talked, the join was lost", _PICKED_UP, What.TAKEN, (What.LEFT, What.COMPLETED), CallStatus.COMPLETED),
    Story("hung up on the way", _PICKED_UP, What.TAKEN, (What.COMPLETED,), CallStatus.HUNG_UP_BEFORE_BRIDGE),
    Story("nobody was free", _PICKED_UP, What.NO_AGENT, (What.COMPLETED,), CallStatus.ABANDONED),
    Story("never asked us", (*_PICKED_UP, What.COMPLETED), None, (), CallStatus.ABANDONED),
)


@st.composite
def tellings(draw: st.DrawFn, story: Story) -> list[What]:
    """One way in which a story may reach us: doubled and shuffled as far as causes allow, ending with all patience."""
    asked = [What.CLAIMED, draw(st.sampled_from([What.PLACED, What.OUTCOME_UNKNOWN]))]
    if story.answer is None:
        news = _doubled(draw, [asked[1], *story.before])
        return [What.CLAIMED, *draw(st.permutations(news)), What.SETTLED]
    early = _doubled(draw, [each for each in (asked[1], *story.before) if draw(st.booleans())])
    late = [asked[1], *story.before, *story.after]
    return [
        What.CLAIMED,
        *draw(st.permutations(early)),
        What.ANSWERED,  # the carrier asks what to do, and is told in the same breath
        story.answer,
        *draw(st.permutations(_doubled(draw, late))),
        What.SETTLED,
    ]


def _doubled(draw: st.DrawFn, news: Sequence[What]) -> list[What]:
    return [each for each in news for _ in range(draw(st.integers(1, 2)))]


def path_of(happenings: Iterable[What], start: CallStatus = CallStatus.QUEUED) -> list[CallStatus]:
    """Every status that a call passes through, the first one included."""
    path = [start]
    for what in happenings:
        path.append(next_status(path[-1], what))
    return path
