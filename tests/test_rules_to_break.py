"""The table of rules that `make break` breaks: each still stands where it says, and the tests it names are there."""

from __future__ import annotations

import ast

import pytest

from tests.a_rule import Rule
from tests.rules_to_break import RULES
from tests.sources import HOUSE, ROOMS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_stands_in_its_file_once_and_its_tests_are_there(rule: Rule) -> None:
    assert (HOUSE / rule.file).read_text(encoding="utf-8").count(rule.stands) == 1
    assert rule.broken != rule.stands
    assert rule.tests
    for named in rule.tests:
        path, _in, test = named.partition("::")
        assert (HOUSE / path).exists(), named
        assert not path.startswith(("tests/browser", "tests/processes")), "they take too long, one rule after another"
        if test:
            tree = ast.parse((HOUSE / path).read_text(encoding="utf-8"))
            assert test in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)], named


def test_every_room_has_a_rule_that_is_broken_and_no_rule_is_there_twice() -> None:
    assert len(RULES) >= 40
    assert {rule.file.split("/")[0] for rule in RULES} >= set(ROOMS)
    for each_of in ([rule.name for rule in RULES], [(rule.file, rule.stands, rule.broken) for rule in RULES]):
        assert len(set(each_of)) == len(RULES)
