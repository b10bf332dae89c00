"""Hypothesis strategies for what the router knows."""

from hypothesis import strategies as st

from leads.facts import CANTONS, LANGUAGES, SOLUTIONS, LeadFacts, PartnerFacts, Profile, RelationFacts

_postcodes = st.integers(1000, 9999).map(str)
_sizes = st.one_of(st.none(), st.integers(1, 5000))


def lead_facts() -> st.SearchStrategy[LeadFacts]:
    return st.builds(
        LeadFacts,
        lead_id=st.uuids().map(lambda number: f"lead_{number}"),
        language=st.sampled_from(("", *LANGUAGES)),
        solution=st.sampled_from(("", "voip", *SOLUTIONS)),
        postcode=st.one_of(st.just(""), _postcodes),
        canton=st.sampled_from(("", *CANTONS)),
        employees=_sizes,
        names_partner=st.sampled_from(("", "Partner 1 AG", "partner 2", "Nobody GmbH")),
    )


def profiles(name: str = "Muster") -> st.SearchStrategy[Profile]:
    return st.builds(
        Profile,
        name=st.just(name),
        is_active=st.sampled_from((True, True, True, False)),
        languages=st.lists(st.sampled_from(LANGUAGES), unique=True, min_size=1).map(tuple),
        cantons=st.lists(st.sampled_from(CANTONS), unique=True, max_size=8).map(tuple),
        postcodes=st.lists(st.integers(1, 9999).map(str), unique=True, max_size=4).map(tuple),
        solutions=st.lists(st.sampled_from(SOLUTIONS), unique=True, min_size=1).map(tuple),
        min_employees=_sizes,
        max_employees=_sizes,
        weekly_capacity=st.integers(0, 30),
    )


@st.composite
def partner_facts(draw: st.DrawFn, number: int = 1) -> PartnerFacts:
    return PartnerFacts(
        partner_id=f"partner_{number}",
        revision=draw(st.integers(1, 9)),
        profile=draw(profiles(f"Partner {number}")),
        taken_in_window=draw(st.integers(0, 30)),
        had_this_lead=draw(st.sampled_from(("", "", "", "declined", "timed_out"))),
        received_milli=draw(st.integers(0, 50)) * 500,
        entitled_milli=draw(st.integers(0, 30_000)),
    )


@st.composite
def partners(draw: st.DrawFn) -> tuple[PartnerFacts, ...]:
    return tuple(draw(partner_facts(number)) for number in range(draw(st.integers(0, 6))))


def relations() -> st.SearchStrategy[tuple[RelationFacts, ...]]:
    one = st.builds(
        RelationFacts,
        partner_id=st.integers(0, 7).map(lambda number: f"partner_{number}"),
        known_by=st.sampled_from(("uid", "phone", "company")),
        evidence=st.just("contract"),
        since=st.just("2025-01-01"),
    )
    return st.lists(one, max_size=4).map(tuple)
