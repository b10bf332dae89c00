"""Every rule holds over the program, and every rule notices what it forbids."""

from collections import Counter, defaultdict
from functools import cache

import pytest

from tests.architecture import rules_of_form, rules_of_state, rules_of_words
from tests.architecture.rule import Rule
from tests.architecture.source_tree import is_below, modules_of, parse

RULES = rules_of_state.RULES + rules_of_form.RULES + rules_of_words.RULES


@cache
def looked_at() -> tuple[Counter[str], dict[str, list[str]]]:
    """How many modules each rule has seen, and its objections: each module is read once, for all rules."""
    seen: Counter[str] = Counter()
    objections: dict[str, list[str]] = defaultdict(list)
    for module in modules_of(*dict.fromkeys(folder for rule in RULES for folder in rule.folders)):
        for rule in RULES:
            if is_below(module.path, *rule.folders):
                seen[rule.name] += 1
                objections[rule.name] += rule.objections(module)
    return seen, objections


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_holds(rule: Rule) -> None:
    seen, objections = looked_at()
    assert seen[rule.name], "the rule looks at nothing"
    assert not objections[rule.name], "\n" + "\n".join(objections[rule.name])


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
