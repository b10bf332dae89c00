"""Hypothesis strategies for what the router knows."""

from hypothesis import strategies as st

from leads.business_clock import OFFICE_HOURS
from leads.facts import (
    CANTONS,
    LANGUAGES,
    RELATION_KINDS,
    SOLUTIONS,
    LeadFacts,
    PartnerFacts,
    Profile,
    ProtectionFacts,
    RelationFacts,
)

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
        wish=st.sampled_from(("", "", "Partner 3", "Nobody GmbH")),
        complexity=st.one_of(st.none(), st.integers(1, 5)),
        has_origin=st.sampled_from((True, True, True, False)),
        further_solutions=st.lists(st.sampled_from(SOLUTIONS), unique=True, max_size=2).map(tuple),
        live_hours=st.sampled_from(("", "", "", OFFICE_HOURS)),
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
        levels=st.lists(st.integers(1, 3), max_size=3).map(tuple),
        home_postcode=st.one_of(st.just(""), _postcodes),
        reach_km=st.one_of(st.none(), st.integers(0, 400)),
        min_complexity=st.one_of(st.none(), st.integers(1, 5)),
        max_complexity=st.one_of(st.none(), st.integers(1, 5)),
        owner=st.sampled_from(("", "", "Holding")),
        absent=st.sampled_from(((), (), (("2026-03-02", "2026-03-06"),))),
        takes_live_calls=st.booleans(),
        live_number=st.sampled_from(("", "+41446681900")),
        live_hours=st.sampled_from(("", "00:00-24:00", "17:00-18:00")),
    )


@st.composite
def partner_facts(draw: st.DrawFn, number: int = 1) -> PartnerFacts:
    return PartnerFacts(
        partner_id=f"partner_{number}",
        revision=draw(st.integers(1, 9)),
        profile=draw(profiles(f"Partner {number}")),
        taken=draw(st.integers(0, 30)),
        room=draw(st.one_of(st.none(), st.integers(0, 30))),
        had_this_lead=draw(st.sampled_from(("", "", "", "declined", "timed_out"))),
        credit_milli=draw(st.integers(-20_000, 20_000)),
        weekly_milli=draw(st.integers(0, 5_000)),
        response_milli=draw(st.integers(-10, 1100)),
        rating_milli=draw(st.integers(-10, 1100)),
        weight_milli=draw(st.integers(0, 1000)),
        price_milli=draw(st.integers(-400, 600)),
        excludes_customer=draw(st.sampled_from((False, False, False, True))),
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
        kind=st.sampled_from(RELATION_KINDS),
    )
    return st.lists(one, max_size=4).map(tuple)


def protections() -> st.SearchStrategy[tuple[ProtectionFacts, ...]]:
    one = st.builds(
        ProtectionFacts,
        partner_id=st.integers(0, 7).map(lambda number: f"partner_{number}"),
        until=st.just("2026-05-31"),
    )
    return st.one_of(st.just(()), st.just(()), st.lists(one, max_size=2).map(tuple))
