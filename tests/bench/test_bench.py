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
TITLES = ["Getting mounted", "A server that comes late", "The cost at rest", "Size", "Packing", "Working in the mount",
          "One to thirty-two mounts", "Running containers"]


@pytest.fixture(scope="module")
def out(build, tmp_path_factory):
    out = tmp_path_factory.mktemp("bench")
    subprocess.run([sys.executable, "-B", HERE / "bench.py", "--quick", "--out", out], check=True, timeout=500)
    return out


def test_the_document_has_every_bench_and_its_figures(out):
    text = (out / "benchmarks.md").read_text()
    assert re.findall(r"^## (.*)", text, re.M) == TITLES
    assert "### What each of the mission's options is worth" in text
    for figure in re.findall(r"\]\((bench/\w+\.svg)\)", text):
        assert xml.etree.ElementTree.parse(out / figure).getroot().tag.endswith("svg")
    for file in out.glob("*.json"):
        assert json.loads(file.read_text())["quick"], file.name


def test_every_row_of_every_table_is_filled(out):
    for line in (out / "benchmarks.md").read_text().splitlines():
        assert "nan" not in line and "None" not in line, line
