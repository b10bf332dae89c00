"""The diagrams on the architecture's page are those of the tables that the program runs on."""

import re

import pytest

from dialer.agent_states import MOVES
from dialer.call_states import FINAL, TRANSITIONS
from dialer.transfer_states import TRANSFER_MOVES
from scripts.make_state_diagram import PAGE, diagrams, fill_in


def test_diagrams_on_the_architectures_page_are_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fill_in(page, diagrams()) == page, "run .venv/bin/python -m scripts.make_state_diagram"


@pytest.mark.parametrize(
    ("name", "arrows"), [("call states", TRANSITIONS), ("agent states", MOVES), ("transfer states", TRANSFER_MOVES)]
)
def test_diagram_has_each_arrow_of_the_table_and_no_other(name: str, arrows: dict[tuple[str, str], str]) -> None:
    drawn = {
        (before, what, after)
        for before, after, causes in re.findall(r"^    (\w+) --> (\w+): (.+)$", diagrams()[name], re.MULTILINE)
        for what in causes.split(", ")
    }
    assert drawn == {(before, what, after) for (before, what), after in arrows.items()}


def test_each_final_status_of_a_call_is_drawn_as_an_end() -> None:
    assert set(re.findall(r"^    (\w+) --> \[\*\]$", diagrams()["call states"], re.MULTILINE)) == set(FINAL)


def test_page_without_its_markers_is_an_error_that_names_the_diagram() -> None:
    with pytest.raises(ValueError, match="call states"):
        fill_in("# Architecture\n", diagrams())


def test_page_that_was_changed_by_hand_is_put_right() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fill_in(page.replace("queued --> placing", "queued --> bridged"), diagrams()) == page
