"""Taking people's words out of a decision's inputs: the decision stays what it was, and no word is left."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from leads import kept_inputs
from leads.anonymising import decides_alike, without_words
from leads.facts import Policy
from leads.ranking import Inputs, choose
from tests.unit.leads.lead_strategies import lead_facts, partners, protections, relations

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
WORDS = ("Please ask Kim Beispiel", "Kim", "Nobody GmbH", "partner 2", "PARTNER 3 AG", "…", "0", "")


@st.composite
def all_inputs(draw: st.DrawFn) -> Inputs:
    lead = replace(draw(lead_facts()), wish=draw(st.sampled_from(WORDS)), names_partner=draw(st.sampled_from(WORDS)))
    known = tuple(replace(one, evidence="told by Kim") for one in draw(relations()))
    return Inputs(lead, draw(partners()), known, Policy(), NOW, draw(protections()), "seed")


@given(all_inputs())
def test_the_choice_is_the_same_without_what_people_wrote(inputs: Inputs) -> None:
    assert decides_alike(choose(inputs), choose(without_words(inputs)))


@given(all_inputs())
def test_nothing_that_people_wrote_is_kept(inputs: Inputs) -> None:
    kept = kept_inputs.written(without_words(inputs))
    assert b"Kim" not in kept
    assert b"Nobody" not in kept


@given(all_inputs())
def test_doing_it_again_changes_nothing(inputs: Inputs) -> None:
    once = without_words(inputs)
    assert without_words(once) == once
