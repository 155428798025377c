# SPDX-License-Identifier: MIT
"""What `make fuzz` runs them by: a fuzzer that finds something or dies is told and counted, and the others go on."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATS = 'echo "stat::number_of_executed_units: 70"; echo "stat::new_units_added:          3"'


def fuzz(folder, **scripts):
    (folder / "fuzz").mkdir()
    for name, script in scripts.items():
        (folder / "fuzz" / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / "fuzz" / name).chmod(0o755)
    return subprocess.run([sys.executable, "-B", HERE / "fuzz.py", folder, "1", *scripts], capture_output=True, text=True,
                          timeout=120)


def test_all_that_end_well_are_summed_up(tmp_path):
    done = fuzz(tmp_path, fuzz_one=STATS, fuzz_two=STATS)
    assert done.returncode == 0, done
    assert "FUZZ fuzz_one: 70 runs, 3 new inputs\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("2 fuzzers, 140 runs, ") and done.stdout.endswith(" 0 findings\n")


def test_a_finding_is_shown_and_the_others_run(tmp_path):
    done = fuzz(tmp_path, fuzz_bad="echo heap-buffer-overflow >&2; exit 77", fuzz_good=STATS)
    assert done.returncode == 1 and "FUZZ fuzz_good: 70 runs" in done.stdout
    assert "==== fuzz_bad: ended with 77\nheap-buffer-overflow\n" in done.stdout
    assert done.stdout.endswith(" 1 findings\n")


def test_one_that_dies_or_stops_without_a_word_is_a_finding(tmp_path):
    done = fuzz(tmp_path, fuzz_killed="kill -13 $$", fuzz_silent="exit 0")
    assert done.returncode == 1 and done.stdout.endswith(" 2 findings\n")
    assert "fuzz_killed: 0 runs, 0 new inputs: killed by signal 13" in done.stdout


def test_it_is_told_where_to_begin_and_to_keep_what_it_finds(tmp_path):
    done = fuzz(tmp_path, fuzz_probe=f'echo "$@"; {STATS}')
    said = (tmp_path / "fuzz" / "fuzz_probe.log").read_text()
    assert done.returncode == 0 and "-max_total_time=1 " in said
    for folder in (tmp_path / "fuzz/corpus/fuzz_probe", tmp_path / "fuzz/seeds/probe", HERE / "corpus/fuzz_probe"):
        assert str(folder) in said
