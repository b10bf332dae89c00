"""What routing may see of a lead's row."""

from leads.facts import LeadFacts
from leads.qualification import seats_of, solutions_of
from leads.tables import Lead


def facts_of(lead: Lead) -> LeadFacts:
    """The facts of a lead. Where the number of employees is unknown, the seats of the project stand in for it."""
    solutions = solutions_of(lead.answers)
    return LeadFacts(
        lead_id=lead.id,
        language=lead.language,
        solution=solutions[0] if solutions else "",
        further_solutions=solutions[1:],
        postcode=lead.postcode,
        canton=lead.canton,
        employees=lead.employees if lead.employees is not None else seats_of(lead.answers),
        names_partner=lead.existing_partner,
        wish=lead.wish,
        complexity=lead.complexity,
        has_origin=bool(lead.receipt) or not lead.needs_receipt,
    )
