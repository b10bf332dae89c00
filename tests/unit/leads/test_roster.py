"""The roster: deciding among those whom no sieve excludes comes to the same as judging everybody."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given

from leads.explanation import explain
from leads.facts import LeadFacts, PartnerFacts, Policy, Profile, ProtectionFacts, RelationFacts
from leads.kept_inputs import digest_of, pack, read, unpack, written
from leads.ranking import Inputs, admitted_but_for_room, choose
from leads.roster import Roster
from leads.standings import Columns, Form, Lasting, Standings, partner_named
from tests.unit.leads.lead_strategies import lead_facts, partners, protections, relations

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def standings(those: tuple[PartnerFacts, ...], form: Form = Form.COLUMNS) -> Standings:
    roster = Roster([(one.partner_id, one.revision) for one in those], [one.profile for one in those])
    return Standings(roster, Columns.of_rows([tuple(one.counts()[2:]) for one in those]), form)


@given(lead=lead_facts(), those=partners(), related=relations(), protected=protections())
def test_quick_way_decides_and_keeps_the_same_bytes_as_judging_everybody(
    lead: LeadFacts,
    those: tuple[PartnerFacts, ...],
    related: tuple[RelationFacts, ...],
    protected: tuple[ProtectionFacts, ...],
) -> None:
    weighed = Policy(points=(("region", 500), ("size", 100), ("solution", 150)))
    for policy in (Policy(), weighed):
        full = Inputs(lead, those, related, policy, NOW, protected, "seed")
        quick = replace(full, partners=standings(those, Form.REVISIONS))
        assert written(quick) == written(full)
        assert digest_of(written(quick), choose(quick)) == digest_of(written(full), choose(full))
        assert list(admitted_but_for_room(quick)) == list(admitted_but_for_room(full))
        assert explain(quick) == explain(full)


@given(one=lead_facts(), other=lead_facts(), those=partners())
def test_what_is_remembered_of_one_lead_is_right_for_another(
    one: LeadFacts, other: LeadFacts, those: tuple[PartnerFacts, ...]
) -> None:
    counts = Columns.of_rows([tuple(partner.counts()[2:]) for partner in those])
    learned = ("response_milli", "rating_milli", "weight_milli", "price_milli")
    remembered: dict[str, Any] = {name: Lasting(getattr(counts, name)) for name in learned}
    lasting = replace(counts, **remembered)
    held = Standings(standings(those).roster, lasting)
    # The second comes from another place with all else alike; then each comes again.
    moved = replace(one, lead_id=other.lead_id, postcode=other.postcode, canton=other.canton)
    for lead in (one, moved, other, one, other):
        asked = Inputs(lead, held, (), Policy(), NOW, (), "seed")
        afresh = replace(asked, partners=standings(those))
        assert digest_of(written(asked), choose(asked)) == digest_of(written(afresh), choose(afresh))


@given(lead=lead_facts(), those=partners())
def test_order_of_a_roster_makes_no_difference(lead: LeadFacts, those: tuple[PartnerFacts, ...]) -> None:
    asked = Inputs(lead, standings(those), (), Policy(), NOW, (), "seed")
    assert choose(replace(asked, partners=standings(those[::-1]))) == choose(asked)


@given(lead=lead_facts(), those=partners(), related=relations(), protected=protections())
def test_decision_that_refers_to_a_roster_comes_back_as_it_was(
    lead: LeadFacts,
    those: tuple[PartnerFacts, ...],
    related: tuple[RelationFacts, ...],
    protected: tuple[ProtectionFacts, ...],
) -> None:
    for form in (Form.ROWS, Form.COLUMNS):
        held = standings(those, form)
        asked = Inputs(lead, held, related, Policy(), NOW, protected, "seed")
        plain = written(asked)
        again = read(unpack(pack(plain)), held.roster, Policy())
        assert again == asked
        assert written(again) == plain
        assert digest_of(written(again), choose(again)) == digest_of(plain, choose(asked))
        assert all(one.partner_id.encode() not in plain for one in those) or related or protected


@given(those=partners())
def test_standings_hold_everybody_in_order(those: tuple[PartnerFacts, ...]) -> None:
    held = standings(those)
    assert held == those
    assert len(held) == len(those)
    assert [held[place] for place in range(len(those))] == list(those)
    assert held[1:3] == those[1:3]


def test_partner_is_found_by_name_without_legal_form_the_first_of_two() -> None:
    profile = Profile("Müller & Co. AG", True, ("de",), (), (), ("erp",), None, None, 10)
    held = standings((PartnerFacts("partner_a", 1, profile), PartnerFacts("partner_b", 1, profile)))
    found = partner_named(held, "mueller")
    assert found is not None
    assert found.partner_id == "partner_a"
    assert partner_named(held, "nobody") is None
