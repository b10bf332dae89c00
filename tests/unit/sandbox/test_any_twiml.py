"""Any document made of TwiML's own words, with good and bad values: it runs, everything ends, nothing is left."""

from xml.sax.saxutils import escape, quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.engine import exchange
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import OwnNumber
from sandbox.engine.orders import Program, Webhook
from sandbox.engine.ports import Fetched
from sandbox.engine.vocabulary import VOCABULARY, Attribute
from tests.unit.sandbox.stage import ACCOUNT, APP, Stage

URLS = (f"{APP}/a", f"{APP}/b", "c", "/nowhere", "ftp://elsewhere", "", "http://")
TEXTS = (
    "line",
    "+41445550002",
    "+41445559999",
    "sip:bob@house.test?X-A=1",
    "ann",
    "hello there",
    "",
    "/sound",
    "Ünïcode & <co>",
)
_WORDS = st.sampled_from(
    ["", "true", "false", "nonsense", "-1", "0", "1", "3", "9", "#", "POST", "GET", "1.5", "99999999999"]
)


def _values(name: str, attribute: Attribute) -> st.SearchStrategy[str]:
    if name.lower().endswith(("url", "callback", "action")):
        return st.sampled_from(URLS)
    if attribute.words:
        return st.sampled_from(attribute.words) | _WORDS
    if attribute.span is not None:
        lowest, highest = attribute.span
        return st.integers(lowest, min(highest, lowest + 12)).map(str) | _WORDS
    return _WORDS | st.sampled_from(TEXTS)


@st.composite
def _elements(draw: st.DrawFn, name: str, depth: int = 0) -> str:
    element = VOCABULARY.get(name)
    known = element.attributes if element is not None else {}
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True)) if known else []
    attributes = "".join(f" {key}={quoteattr(draw(_values(key, known[key])))}" for key in chosen)
    inside = [child for child in (element.inside if element is not None else ()) if child in VOCABULARY]
    least = 1 if name == "Dial" else 0
    children = draw(st.lists(st.sampled_from(inside), min_size=least, max_size=3)) if inside and depth < 2 else []
    body = "".join(draw(_elements(child, depth + 1)) for child in children)
    return f"<{name}{attributes}>{escape(draw(st.sampled_from(TEXTS)))}{body}</{name}>"


# Verbs that reach somebody or wait for something come more often than those that only speak.
VERBS = (*VOCABULARY["Response"].inside, *("Dial",) * 16, *("Enqueue", "Record", "Gather", "Redirect") * 4)
DOCUMENTS = st.lists(st.sampled_from(VERBS).flatmap(_elements), min_size=1, max_size=5).map(
    lambda elements: f"<Response>{''.join(elements)}</Response>"
)
PEOPLE = st.sampled_from(["human", "machine", "fax", "busy", "no_answer", "unreachable"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    documents=st.lists(DOCUMENTS, min_size=4, max_size=4), outcome=PEOPLE, seconds=st.sampled_from([5.0, 20.0, 90.0])
)
def test_any_document_runs_and_leaves_nothing(documents: list[str], outcome: str, seconds: float) -> None:
    names = ("answer", "a", "b", "own")
    stage = Stage(pages={f"{APP}/{name}": Fetched(body=body) for name, body in zip(names, documents, strict=True)})
    stage.pages[f"{APP}/sound"] = Fetched(seconds=2.0)
    own = OwnNumber(ACCOUNT, "+41445559999", Program(Webhook(f"{APP}/own"), Webhook(f"{APP}/b")))
    stage.board.find_number = lambda number: own if number == own.number else None
    # Of the people called, one may be anything, and one presses keys.
    stage.people["+41445550002"] = Behaviour(outcome, talk_seconds=9.0, answer_seconds=1.0)  # type: ignore[arg-type]
    stage.people["+41445550001"] = Behaviour("human", talk_seconds=30.0, patience_seconds=20.0, presses="12*")
    for to in ("+41445550001", "sip:ann@house.test", own.number):
        stage.call(to)
        stage.run(seconds)
    for call in list(stage.board.live_calls.values()):
        exchange.complete_call(stage.board, call)
    stage.run(500.0)
    while stage.board.live_calls:
        # A call that was brought forth while others ended.
        exchange.complete_call(stage.board, next(iter(stage.board.live_calls.values())))
    stage.run(500.0)
    board = stage.board
    assert board.open_rooms == {}
    assert all(call.is_final and not call.timers and call.bridged_since is None for call in board.calls.values())
    assert all(not queue.members and not queue.takers for queue in board.queues.values())
    assert all(one.status in ("completed", "absent") for one in board.recordings.values())
    assert board.agenda.next_at() is None
