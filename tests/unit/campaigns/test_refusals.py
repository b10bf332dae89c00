"""Reasons for refused rows, and cells that spreadsheets would run."""

import pytest

from campaigns.numbers import UNDIALABLE_KINDS
from campaigns.refusals import REASONS, disarm_cell


@pytest.mark.parametrize("cell", ["=1+1", "+41446681800", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert disarm_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Muster AG", "044 668 18 00", "a=b"])
def test_plain_cells_stay_as_they_are(cell: str) -> None:
    assert disarm_cell(cell) == cell


@pytest.mark.parametrize("kind", sorted(UNDIALABLE_KINDS))
def test_every_kind_of_number_that_is_not_dialed_has_its_reason(kind: str) -> None:
    assert kind in REASONS


@pytest.mark.parametrize("reason", REASONS.values())
def test_every_reason_says_how_to_mend_it(reason: object) -> None:
    assert getattr(reason, "what", "")
    assert getattr(reason, "mend", "").endswith(".")
