# SPDX-License-Identifier: MIT
"""Every fuzzer runs over its committed corpus, under ASan and UBSan; what was found once is found again."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FUZZERS = sorted(path.stem for path in HERE.glob("fuzz_*.c"))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """The packer's seeds are images, and the probe's are conversations: made; the others are small and committed."""
    folder = tmp_path_factory.mktemp("seeds")
    for script in ("pack_seeds.py", "probe_seeds.py"):
        subprocess.run([sys.executable, "-B", HERE / script, folder], check=True, timeout=120)
    return folder


@pytest.mark.parametrize("fuzzer", FUZZERS)
def test_the_corpus_replays_without_a_finding(fuzzer, build, seeds):
    folders = [HERE / "corpus" / fuzzer, seeds / fuzzer.removeprefix("fuzz_")]
    folders = [folder for folder in folders if folder.is_dir()]
    files = sum(file.stat().st_size > 0 for folder in folders for file in folder.iterdir())
    assert files, f"{fuzzer} has no corpus"
    done = subprocess.run([build / "fuzz" / fuzzer, "-runs=0", *folders], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    assert f"seed corpus: files: {files} " in done.stderr, "the fuzzer did not read its corpus"
