"""Nothing personal before acceptance."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leads.facts import LeadFacts
from leads.forms import default_form
from leads.qualification import seats_of, size_band
from leads.teaser import teaser_of

LEAD = LeadFacts("lead_1", "de", solution="erp", postcode="8005", canton="ZH", employees=43, names_partner="Muster AG")


def test_teaser_shows_what_the_project_is() -> None:
    answers = {
        "solutions": ["erp", "cloud"],
        "seats": 60,
        "time_frame": "0-3",
        "budget": "10k_50k",
        "need": "Mr Muster",
    }
    lead = replace(LEAD, further_solutions=("cloud", "muster"), complexity=4)
    assert teaser_of(lead, answers, grade="A", urgency="hot") == {
        "solution": "erp",
        "further_solutions": ["cloud"],
        "language": "de",
        "canton": "ZH",
        "postcode_area": "80",
        "employees": "10-49",
        "seats": "50-99",
        "time_frame": "0-3",
        "budget": "10k_50k",
        "complexity": 4,
        "grade": "A",
        "urgency": "hot",
    }


@given(st.sampled_from([question.key for question in default_form().questions]))
def test_free_text_in_any_answer_never_shows(key: str) -> None:
    secret = "Erika Musterfrau +41446681800"
    lead = LeadFacts(
        "lead_1", "de", solution=secret.casefold(), names_partner=secret, further_solutions=(secret,), wish=secret
    )
    shown = teaser_of(lead, {key: secret}, grade=secret, urgency=secret)
    assert "muster" not in json.dumps(shown).casefold()


def test_sizes_are_bands() -> None:
    assert [size_band(number) for number in (None, 0, 1, 9, 10, 99, 249, 250)] == [
        "", "", "1-9", "1-9", "10-49", "50-99", "100-249", "250+",
    ]  # fmt: skip


def test_seats_are_read_only_from_whole_numbers() -> None:
    assert [seats_of({"seats": said}) for said in (12, "12", "about 12", "", None, "-3", "0", "٣x")] == [
        12, 12, None, None, None, None, None, None,
    ]  # fmt: skip
