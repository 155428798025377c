# SPDX-License-Identifier: MIT
"""Each target of "Edits on the Mac" and of "Working in a coherent mount" can be missed: made-up numbers through the real text."""

import copy
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import coherent  # noqa: E402
import coherent_report  # noqa: E402
import events_report  # noqa: E402

TIMES = {"again": 30, "4 s later": 10, "70 s later": 10, "an edit a second": 15, "git status": 70}


def sample(times):
    done = {"edited": {"edits": 10, "samples": 50, "stale_ms": []}}
    for name, ops in coherent_report.PASSES.items():
        for op in ops:
            place, _, last = op.rpartition("/")
            (done[place] if place else done)[last] = {"ms": times.get(name, 100) / len(ops), "calls": 0 if times else 50}
    return done


@pytest.fixture
def working():
    """The mission's options take 100 ms for everything."""
    sides = {name: [sample(TIMES if name == coherent.COHERENT else {}) for _ in range(5)] for name in coherent.SIDES}
    return {"samples": sides, "project": {"files": 10, "included": 5}, "delay_ms": 0.25, "promise_ms": 300}


@pytest.fixture
def edits():
    look = {"Pss": 600, "processes": 4, "switches": 50}
    visits = {"first": {"ms": 100, "calls": 50}, "again": [{"ms": 10, "calls": 0}] * 5}
    return {"delay_ms": 0.25, "included": 500, "page": {hold: {"coherent": visits, "plain": visits} for hold in ("0.25", "1")},
            "shown": [("appended", way, ms) for way in ("open", "stat") for ms in (50, 100, 299)], "woken_ms": [100, 119, 400],
            "burst": {"files": 5000, "folders": 50, "wrote_ms": 300, "load": 1.5, "stale": 0, "told": 50, "told_ms": [100, 2999]},
            "rest": {"seconds": 60, "before": {"switches": 0}, "after": look, "calls": 0}}


def verdicts(report, data):
    """The target's words -> whether it is met."""
    rows = [line for line in "".join(report.render(copy.deepcopy(data), {})).splitlines() if line.endswith(("| met |", "| **missed** |"))]
    return {row.split(" | ")[0].strip("| "): row.endswith("| met |") for row in rows}


def test_all_of_them_are_met_where_they_are(working, edits):
    assert list(verdicts(coherent_report, working).values()) == [True] * 8
    assert list(verdicts(events_report, edits).values()) == [True] * 8


@pytest.mark.parametrize("name", TIMES)
def test_a_pass_that_takes_too_long_is_a_miss(working, name):
    for done in working["samples"][coherent.COHERENT]:
        done |= {op: value for op, value in sample({**TIMES, name: TIMES[name] * 1.51}).items() if op != "edited"}
        done["edited"] |= {op: value for op, value in sample({**TIMES, name: TIMES[name] * 1.51})["edited"].items() if op in coherent.LATER}
    found = verdicts(coherent_report, working)
    assert [words.partition(":")[0] for words, met in found.items() if not met] == [name]


def test_one_call_one_stale_look_or_no_look_is_a_miss(working):
    ours = working["samples"][coherent.COHERENT]
    ours[4]["include, 70 s later"]["calls"] = 1
    assert not verdicts(coherent_report, working)["an include that was done before: 0 calls"]
    nothing_stale = "an edit a second: nothing stale 300 ms after an edit"
    ours[2]["edited"]["stale_ms"] = [20]
    assert not verdicts(coherent_report, working)[nothing_stale]
    for done in ours:
        done["edited"] = {**done["edited"], "samples": 0, "stale_ms": []}
    assert not verdicts(coherent_report, working)[nothing_stale]


def test_a_plain_mount_that_is_slower_is_a_miss(working):
    for done in working["samples"][coherent.OURS_PLAIN]:
        done["git status"]["ms"] *= 1.06
    assert not verdicts(coherent_report, working)["told of none: never slower than the mission's options"]


def test_too_few_rounds_judge_no_plain_mount(working):
    working["samples"] = {name: samples[:4] for name, samples in working["samples"].items()}
    assert "told of none: never slower than the mission's options" not in verdicts(coherent_report, working)


@pytest.mark.parametrize("place,change,words", [
    ("shown", lambda rows: [(*row[:2], 101) for row in rows], "an edit until open(), stat() and readdir() show it: 100 ms in the median"),
    ("shown", lambda rows: [*rows, ("appended", "stat", 301)], "the same: never more than 300 ms"),
    ("shown", lambda rows: [*rows, ("appended", "stat", None)], "the same: never more than 300 ms"),
    ("woken_ms", lambda _: [121] * 3, "a watcher in a container, from the edit to its event: 120 ms in the median"),
    ("burst", lambda burst: {**burst, "stale": 1}, "5000 files replaced at once: all fresh within 1 s of the last write"),
    ("burst", lambda burst: {**burst, "told_ms": [1, 3001]}, "the same: watchers of their folders told within 3 s"),
    ("burst", lambda burst: {**burst, "told": 49}, "the same: watchers of their folders told within 3 s"),
    ("rest", lambda rest: {**rest, "after": {**rest["after"], "Pss": 1025}}, "told of edits, at rest: 1 MiB PSS at most, all processes together"),
    ("rest", lambda rest: {**rest, "after": {**rest["after"], "switches": 57}}, "the same: no wakeup but the watch and the heartbeat"),
    ("rest", lambda rest: {**rest, "calls": 1}, "the same: no call to the server but the watch's"),
])
def test_each_figure_of_an_edit_can_miss_its_target(edits, place, change, words):
    edits[place] = change(edits[place])
    found = verdicts(events_report, edits)
    assert [name for name, met in found.items() if not met] == [words]


def test_a_look_is_stale_by_the_first_edit_that_it_should_show():
    edits = [(0, 1_000_000, 1_000_100), (1, 2_000_000, 2_000_100), (0, 3_000_000, 3_000_100)]
    assert coherent.stale([("0", "1300000", "1"), ("0", "3300100", "1000000"), ("1", "9000000", "2000000")], edits, 0) == []
    assert coherent.stale([("0", "1300201", "1")], edits, 0) == [300]
    assert coherent.stale([("0", "3200000", "1000000")], edits, 150_000) == [350]  # the server's clock is ahead
    assert coherent.stale([("0", "9000000", "1")], edits, 0) == [8000]
