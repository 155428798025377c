# SPDX-License-Identifier: MIT
"""docs/security.md names only tests that there are, and every harness and file of this folder."""

import re

REFERENCE = re.compile(r"`(tests/[\w/.]+?\.(?:py|c))(?:: (\w+))?`")


def references(repo):
    return REFERENCE.findall((repo / "docs/security.md").read_text())


def test_each_test_that_it_names_exists(repo):
    found = references(repo)
    assert len(found) > 30
    for path, name in found:
        text = (repo / path).read_text()
        assert not name or re.search(rf"\b{name}\(", text), f"{path}: {name}"


def test_each_table_of_threats_has_its_tests(repo):
    text = (repo / "docs/security.md").read_text()
    threats = text.split("\n## How it is tested")[0].split("\n### ")[1:]
    assert len(threats) == 7
    for threat in threats:
        rows = [line for line in threat.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
        assert len(rows) >= 2, threat
        for row in rows:
            assert REFERENCE.search(row), row


def test_each_command_that_it_names_exists(repo):
    rules = (repo / "Makefile").read_text() + (repo / "tests/analysis.mk").read_text()
    named = set(re.findall(r"`make ([a-z]+)", (repo / "docs/security.md").read_text()))
    assert {"fuzz", "asan", "valgrind", "lint", "coverage", "check"} <= named
    for target in named:
        assert re.search(rf"^{target}:", rules, re.M), target


def test_the_policy_leads_to_it(repo):
    assert "docs/security.md" in (repo / "SECURITY.md").read_text()
