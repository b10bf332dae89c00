"""Every rule holds over the program, and every rule notices what it forbids."""

import pytest

from tests.architecture import rules_of_form, rules_of_state, rules_of_words
from tests.architecture.rule import Rule
from tests.architecture.source_tree import modules_of, parse

RULES = rules_of_state.RULES + rules_of_form.RULES + rules_of_words.RULES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_holds(rule: Rule) -> None:
    modules = modules_of(*rule.folders)
    assert modules, "the rule looks at nothing"
    objections = [objection for module in modules for objection in rule.objections(module)]
    assert not objections, "\n" + "\n".join(objections)


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [pytest.param(rule, *example, id=f"{rule.name}-{n}") for rule in RULES for n, example in enumerate(rule.broken)],
)
def test_rule_notices_what_it_forbids(rule: Rule, path: str, code: str) -> None:
    assert rule.objections(parse(path, code))


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [pytest.param(rule, *example, id=f"{rule.name}-{n}") for rule in RULES for n, example in enumerate(rule.kept)],
)
def test_rule_lets_good_code_be(rule: Rule, path: str, code: str) -> None:
    assert rule.objections(parse(path, code)) == []
