# SPDX-License-Identifier: MIT
"""Every bench runs, on sizes that measure nothing, and the document has every table; its times are nobody's business here."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import bench  # noqa: E402
import coherent  # noqa: E402
from report import median  # noqa: E402

EDITS = ("coherent", "events")  # of these, times are judged, and so they are make soak's
OTHERS = [name for name in bench.BENCHES if name not in EDITS]


def quick(out, *names):
    subprocess.run([sys.executable, "-B", HERE / "bench.py", "--quick", "--out", out, *names], check=True, timeout=500)
    return out


@pytest.fixture(scope="module")
def out(build, tmp_path_factory):
    return quick(tmp_path_factory.mktemp("bench"), *OTHERS)


@pytest.fixture(scope="module")
def edits(build, tmp_path_factory):
    return quick(tmp_path_factory.mktemp("edits"), *EDITS)


def test_the_document_has_every_bench_and_its_figures(out):
    text = (out / "benchmarks.md").read_text()
    assert re.findall(r"^## (.*)", text, re.M) == [bench.BENCHES[name] for name in OTHERS]
    assert "### What each of the mission's options is worth" in text
    for figure in re.findall(r"\]\((bench/\w+\.svg)\)", text):
        assert xml.etree.ElementTree.parse(out / figure).getroot().tag.endswith("svg")
    for file in out.glob("*.json"):
        assert json.loads(file.read_text())["quick"], file.name


def test_every_row_of_every_table_is_filled(out):
    for line in (out / "benchmarks.md").read_text().splitlines():
        assert "nan" not in line and "None" not in line, line


@pytest.mark.soak
def test_a_coherent_mount_costs_no_calls_for_what_it_knows_and_little_time(edits):
    """The calls are exact. Of the times only what a machine that is busy with something else does not turn over."""
    samples = json.loads((edits / "coherent.json").read_text())["data"]["samples"]
    ours, theirs = samples[coherent.COHERENT][0], samples[coherent.MISSIONS][0]
    known = [*coherent.AGAIN, *(f"{op}, {later} s later" for op in coherent.LATER for later in (4, 70))]
    assert {op: ours[op]["calls"] for op in known} == dict.fromkeys(known, 0)
    assert all(theirs[op]["calls"] > 0 for op in known if "stat" not in op), "the mission's options ask no more?"
    assert ours["edited"]["samples"] > 0 and ours["edited"]["edits"] > 0 and ours["edited"]["stale_ms"] == []
    # Two calls for each edit, and as many for each of the few names that it makes the guest look at anew.
    assert sum(ours["edited"][op]["calls"] for op in coherent.LATER) <= 10 * ours["edited"]["edits"]
    assert sum(ours[op]["ms"] for op in coherent.AGAIN) < sum(theirs[op]["ms"] for op in coherent.AGAIN)


@pytest.mark.soak
def test_an_edit_is_seen_and_told_within_twice_what_is_promised(edits):
    data = json.loads((edits / "events.json").read_text())["data"]
    late = [row for row in data["shown"] if row[2] is None or row[2] > 2 * 300]
    assert data["shown"] and late == []
    assert median(data["woken_ms"]) <= 2 * 120, data["woken_ms"]
    assert data["burst"]["stale"] == 0 and data["burst"]["told"] == data["burst"]["folders"], data["burst"]
    assert data["rest"]["after"]["Pss"] <= 1024 and data["rest"]["calls"] == 0, data["rest"]
    hold, sides = data["page"].popitem()
    assert [visit["calls"] for visit in sides["coherent"]["again"]] == [0], hold
    assert [visit["calls"] for visit in sides["plain"]["again"]] >= [data["included"]], hold


def test_one_that_fails_does_not_lose_the_others(tmp_path, monkeypatch):
    def measure(name, quick, out):
        if name == "size":
            raise SystemExit("no package holds it")
        bench.keep(out, name, 0, quick, data={"rounds": 1})

    monkeypatch.setattr(bench, "measure", measure)
    failures = bench.measure_all(["containers", "size", "late"], tmp_path)
    assert failures == ["size: no package holds it"]
    text = "".join(bench.document(tmp_path, {}, failures))
    assert "## Size\n\nNot measured: SystemExit: no package holds it\n" in text
    # What was measured and cannot be shown costs no other part either; here neither has what its part wants to show.
    assert text.count("Not shown: ") == 2 and len(failures) == 3
    assert json.loads((tmp_path / "containers.json").read_text())["data"] == {"rounds": 1}


def test_the_targets_are_all_in_the_document_that_is_kept(repo):
    """SPEC section 5: each is stated as met or missed."""
    text = (repo / "docs/benchmarks.md").read_text()
    for words in ("1.1 x a bare mount(2)", "within 150 ms", "boot held by a dead server: `wait`, 0.1 s", "32 mounts, each packet held for 10 ms: 3 x", "1 MiB resident",
                  "no wakeup but the watch", "0.4 x `gzip -t`", "0.8 x `gzip -t`", "60 x faster", "2 x `cp`", "under 3 ms", "256 KiB", "300 KiB", "150 KiB", "never slower than the mission's options",
                  "again: 0.3 x", "70 s later: 0.15 x", "an edit a second: 0.2 x", "git status: 0.75 x", "an include that was done before: 0 calls", "nothing stale 300 ms",
                  "show it: 100 ms in the median", "never more than 300 ms", "120 ms in the median", "5000 files replaced at once", "told within 3 s",
                  "at rest: 1 MiB PSS at most", "no wakeup but the watch and the heartbeat"):
        row = next((line for line in text.splitlines() if words in line and line.startswith("|")), "")
        assert row.rstrip("| ").endswith(("met", "**missed**")), words
