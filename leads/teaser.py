"""What a partner sees of a lead before accepting: nothing that tells who the customer is. Pure."""

from typing import Any

from leads.facts import LeadFacts
from leads.qualification import BUDGETS, GRADES, SOLUTIONS, TIME_FRAMES, URGENCIES, choice_of, seats_of, size_band


def teaser_of(lead: LeadFacts, answers: dict[str, Any], *, grade: str = "", urgency: str = "") -> dict[str, Any]:
    """The lead without company, person, numbers or free text; empty values were not found out.

    Answers are let through only when they are one of the choices that every form has, because free text may name
    people. The size is a band and the postcode its first two digits: both together still fit many companies.
    """
    return {
        "solution": lead.solution if lead.solution in SOLUTIONS else "",
        "further_solutions": [solution for solution in lead.further_solutions if solution in SOLUTIONS],
        "language": lead.language,
        "canton": lead.canton,
        "postcode_area": lead.postcode[:2],
        "employees": size_band(lead.employees),
        "seats": size_band(seats_of(answers)),
        "time_frame": choice_of(answers, "time_frame", TIME_FRAMES),
        "budget": choice_of(answers, "budget", BUDGETS),
        "complexity": lead.complexity,
        "grade": grade if grade in GRADES else "",
        "urgency": urgency if urgency in URGENCIES else "",
    }
