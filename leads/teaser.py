"""What a partner sees of a lead before accepting: nothing that tells who the customer is. Pure."""

from typing import Any

from leads.facts import LeadFacts
from leads.qualification import BUDGETS, SOLUTIONS, TIME_FRAMES, choice_of, seats_of, size_band


def teaser_of(lead: LeadFacts, answers: dict[str, Any]) -> dict[str, Any]:
    """The lead without company, person, numbers or free text; empty values were not found out.

    Answers are let through only when they are one of the form's choices, because free text may name people. The size is
    a band and the postcode its first two digits: both together still fit many companies.
    """
    return {
        "solution": lead.solution if lead.solution in SOLUTIONS else "",
        "language": lead.language,
        "canton": lead.canton,
        "postcode_area": lead.postcode[:2],
        "employees": size_band(lead.employees),
        "seats": size_band(seats_of(answers)),
        "time_frame": choice_of(answers, "time_frame", TIME_FRAMES),
        "budget": choice_of(answers, "budget", BUDGETS),
    }
