# SPDX-License-Identifier: MIT
"""The target "never slower than the mission's options" can be missed: made-up samples through the real rule and text."""

import copy
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import working  # noqa: E402
import working_report  # noqa: E402
from option_sets import CACHE_SETS, GROUPS, LARGE_SETS, MISSIONS, OURS, READ_AHEAD_KIB, TREE_OPS, WIRE_SETS, WORTH_OPS, WORTH_SETS  # noqa: E402
from report import slower, would_show  # noqa: E402

ROW = "| work in the mount: never slower than the mission's options"


def samples(rng, ops, count):
    """Times within 3 % of each other, and equal calls."""
    return [{op: {"ms": 100 * rng.uniform(0.985, 1.015), "calls": 50, "count": 1} for op in ops} for _ in range(count)]


@pytest.fixture
def data():
    rng = random.Random(1)
    wires = [*WIRE_SETS, *(f"read-ahead {kib} KiB" for kib in READ_AHEAD_KIB)]
    project = {"name": "p", "files": 10, "included": 5, "written": 3}
    return {"small": project, "large": project, "megabytes": 200, "delay_ms": 0.25, "call_ms": [0.1, 0.4], "later_s": 4, "age_s": 22, "limit_s": 40,
            "tree": {name: samples(rng, TREE_OPS, 5) for name in LARGE_SETS},
            "cache": {name: samples(rng, TREE_OPS, 2) for name in CACHE_SETS},
            "worth": {name: samples(rng, WORTH_OPS, 2) for name in WORTH_SETS},
            "wire": {name: samples(rng, ("write", "read", "four readers"), 5) for name in wires},
            "seen": {name: {"open": 0.1, "stat": None, "new": 3} for name in CACHE_SETS if name != OURS}}


def verdict(data):
    """(what is judged, met or missed) of the target's row."""
    text = "".join(working_report.render(copy.deepcopy(data), {}))
    row = next(line for line in text.splitlines() if line.startswith(ROW))
    return row, row.split("|")[-2].strip()


def test_equal_sides_meet_the_target(data):
    assert verdict(data)[1] == "met"


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_takes_a_tenth_longer_misses_it(data, group):
    for sample in data["tree"][OURS]:
        for op in GROUPS[group]:
            sample[op]["ms"] *= 1.1
    row, word = verdict(data)
    assert word == "**missed**" and group in row


def test_a_slower_long_read_misses_it(data):
    for sample in data["wire"][OURS]:
        sample["read"]["ms"] *= 1.1
    row, word = verdict(data)
    assert word == "**missed**" and "sequential read" in row


def test_one_more_call_in_every_round_misses_it(data):
    for sample in data["cache"][OURS]:
        sample["include"]["calls"] += 1
    row, word = verdict(data)
    assert word == "**missed**" and "more in include" in row


def test_what_the_mission_loses_is_no_miss(data):
    for sample in data["tree"][MISSIONS]:
        sample["read"]["ms"] *= 2
    assert verdict(data)[1] == "met"


def test_one_slow_sample_is_not_called_slower():
    assert not slower([100, 101, 300], [100, 101, 99])
    assert slower([110, 111, 300], [100, 101, 99])
    assert not slower([103, 104, 104], [100, 101, 99]), "beyond the spread, but by less than a twentieth"


def test_the_slowdown_that_would_have_shown_is_where_the_rule_turns():
    ours, theirs = [98, 101, 104], [97, 100, 106]
    factor = would_show(ours, theirs)
    assert not slower([t * factor * 0.999 for t in ours], theirs)
    assert slower([t * factor * 1.001 for t in ours], theirs)


def test_the_judged_pair_is_side_by_side_and_takes_turns_at_being_first(capsys):
    order = []
    found = working.large(4, 3, lambda name: order.append(name) or {"sample": len(order)})
    starts = [i for i in range(0, len(order) - 1) if {order[i], order[i + 1]} == {OURS, MISSIONS}]
    assert len(starts) == 4
    assert [order[i] for i in starts] == [MISSIONS, OURS, MISSIONS, OURS]
    assert {name: len(samples) for name, samples in found.items()} == {name: 4 if name in (OURS, MISSIONS) else 3 for name in LARGE_SETS}
    assert "4 of 4 rounds" in capsys.readouterr().out
