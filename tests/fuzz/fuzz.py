# SPDX-License-Identifier: MIT
"""Runs each fuzzer for so many seconds: fuzz.py BUILD SECONDS FUZZER... What `make fuzz` runs.

They begin with the committed corpus, the seeds that are made, and what earlier runs found, which BUILD/fuzz/corpus keeps. A
fuzzer that ends with anything but 0, be it without a word, is a finding: the others run all the same, the end of its log is
shown, and the exit code is 1. The last line is the sum."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRACE_S = 120  # for the seeds, which are read before the time begins
TAIL = 40      # lines of a log


@dataclass
class Outcome:
    code: int
    runs: int
    new: int
    log: Path

    def why(self):
        return f"killed by signal {-self.code}" if self.code < 0 else f"ended with {self.code}"


def count(name, text):
    found = re.search(rf"^stat::{name}: +(\d+)$", text, re.M)
    return int(found[1]) if found else 0


def run(build, fuzzer, seconds):
    folder = build / "fuzz"
    grown, log = folder / "corpus" / fuzzer, folder / f"{fuzzer}.log"
    grown.mkdir(parents=True, exist_ok=True)
    seeds = [folder / "seeds" / fuzzer.removeprefix("fuzz_"), HERE / "corpus" / fuzzer]
    command = [folder / fuzzer, f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1",
               f"-artifact_prefix={folder / fuzzer}-", grown, *(seed for seed in seeds if seed.is_dir())]
    with open(log, "wb") as out:
        try:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                  timeout=seconds + GRACE_S).returncode
        except subprocess.TimeoutExpired:
            code = -9
    text = log.read_text(errors="replace")
    runs = count("number_of_executed_units", text)
    return Outcome(code if runs or code else 1, runs, count("new_units_added", text), log)


def main(build, seconds, fuzzers):
    outcomes, began = {}, time.monotonic()
    for script in ("pack_seeds.py", "probe_seeds.py"):
        subprocess.run([sys.executable, "-B", HERE / script, build / "fuzz" / "seeds"], check=True)
    for fuzzer in fuzzers:
        outcome = outcomes[fuzzer] = run(build, fuzzer, seconds)
        print(f"  FUZZ {fuzzer}: {outcome.runs} runs, {outcome.new} new inputs" +
              (f": {outcome.why()}, see {outcome.log}" if outcome.code else ""), flush=True)
    found = {fuzzer: outcome for fuzzer, outcome in outcomes.items() if outcome.code}
    for fuzzer, outcome in found.items():
        print(f"\n==== {fuzzer}: {outcome.why()}", *outcome.log.read_text(errors="replace").splitlines()[-TAIL:], sep="\n")
    print(f"{len(outcomes)} fuzzers, {sum(outcome.runs for outcome in outcomes.values())} runs, "
          f"{time.monotonic() - began:.0f} s, {len(found)} findings")
    return 1 if found or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
