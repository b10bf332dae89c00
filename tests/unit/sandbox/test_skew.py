"""A carrier with a wrong clock shifts what it says, and shifts back what it is asked."""

from sandbox.skew import shift_dates, shift_question, shift_timestamp


def test_dates_of_a_callback_are_shifted_and_nothing_else() -> None:
    params = (("Timestamp", "Tue, 31 Aug 2010 23:59:50 +0000"), ("From", "+41445550100"), ("CallDuration", "12"))
    assert shift_timestamp(params, 20) == (("Timestamp", "Wed, 01 Sep 2010 00:00:10 +0000"), *params[1:])


def test_dates_deep_in_an_answer_are_shifted() -> None:
    body = {"calls": [{"start_time": "Tue, 31 Aug 2010 20:36:28 +0000", "end_time": None, "price": "-0.01"}], "page": 0}
    shifted = shift_dates(body, -28)
    assert shifted == {
        "calls": [{"start_time": "Tue, 31 Aug 2010 20:36:00 +0000", "end_time": None, "price": "-0.01"}], "page": 0
    }  # fmt: skip
    assert shift_dates("2010-08-31T20:36:28Z", 2) == "2010-08-31T20:36:30Z"


def test_filter_by_time_is_shifted_back_and_a_day_stays_a_day() -> None:
    asked = {"StartTime>": "2010-08-31T20:36:28+00:00", "EndTime": "2010-08-31", "To": "+41445550001"}
    assert shift_question(asked, 28) == {**asked, "StartTime>": "2010-08-31T20:36:00+00:00"}
