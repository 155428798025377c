# SPDX-License-Identifier: MIT
"""The bench runs, on something small; its times are nobody's business here."""

import subprocess
import sys
from pathlib import Path


def test_the_packing_bench_fills_its_table(build, tmp_path):
    bench = Path(__file__).resolve().parent / "packing.py"
    subprocess.run([sys.executable, "-B", bench, "--smoke", tmp_path / "packing.md"], check=True, timeout=300)
    rows = [line for line in (tmp_path / "packing.md").read_text().splitlines() if line.startswith("| ")]
    assert [row.split("|")[1].strip() for row in rows[1:]] == [
        "add", "remove", "status", "verify", "add, beside unpacking and repacking"]
