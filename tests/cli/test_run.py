# SPDX-License-Identifier: MIT
"""tests/run, which `make check` is made of: it counts what ran, and nothing that went wrong passes for good."""

import re
import shutil
import subprocess
import sys

import pytest
from agent import REPO

GOOD = "def test_good():\n    assert True\n"
TOGETHER = """import pathlib, time
def test_the_other_file_runs_at_the_same_time():
    here = pathlib.Path(__file__)
    here.with_suffix(".began").touch()
    end = time.monotonic() + 30
    while len(list(here.parent.glob("*.began"))) < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
"""
ALONE = """import pathlib, pytest
@pytest.mark.alone
def test_last():
    assert pathlib.Path(__file__).with_name("slow.ended").exists()
"""
SLOW = """import pathlib, time
def test_slow():
    time.sleep(1)
    pathlib.Path(__file__).with_name("slow.ended").touch()
"""
LONG = "import pytest\n@pytest.mark.long\ndef test_long():\n    assert False, 'the long one ran'\n"


@pytest.fixture
def run(tmp_path):
    """run({name: text}, *options) -> (exit code, its lines)."""
    def go(files, *options):
        shutil.copy(REPO / "tests/conftest.py", tmp_path / "conftest.py")
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        done = subprocess.run([sys.executable, "-B", REPO / "tests/run", *options, *(tmp_path / name for name in files)],
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "USERMOUNT_BUILD": str(tmp_path)},
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout.splitlines()
    return go


def test_it_ends_with_one_line_of_counts_and_a_line_for_each_file(run):
    code, lines = run({"test_a.py": GOOD, "test_b.py": GOOD + GOOD.replace("good", "better")})
    assert code == 0 and lines[-1] == "3 passed, 0 failed, 0 skipped"
    assert sorted(re.sub(r".*/|, \d+ s$", "", line) for line in lines[:-1]) == [
        "test_a.py: 1 passed, 0 failed, 0 skipped", "test_b.py: 2 passed, 0 failed, 0 skipped"]


BAD = {
    "fails": ("def test_bad():\n    assert 1 == 2, 'its own words'\n", "its own words"),
    "skips": ("import pytest\ndef test_bad():\n    pytest.skip('no reason')\n", None),
    "crashes": ("import os\ndef test_bad():\n    os._exit(0)\n", "ended with 0"),
    "is killed": ("import os\ndef test_bad():\n    os.kill(os.getpid(), 9)\n", "ended with -9"),
    "holds no test": ("VALUE = 1\n", "holds no test"),
    "cannot be read": ("def test_bad(:\n", "SyntaxError"),
}


@pytest.mark.parametrize("what", BAD)
def test_it_fails_with_a_file_that(run, what):
    text, words = BAD[what]
    code, lines = run({"test_a.py": GOOD, "test_bad.py": text})
    if what == "skips":
        assert code == 0 and lines[-1] == "1 passed, 0 failed, 1 skipped"
    else:
        assert code == 1 and re.fullmatch(r"1 passed, [12] failed, 0 skipped", lines[-1])
        assert words in "\n".join(lines)


def test_two_files_run_side_by_side(run):
    assert run({"test_a.py": TOGETHER, "test_b.py": TOGETHER})[1][-1] == "2 passed, 0 failed, 0 skipped"


def test_what_is_alone_runs_when_the_others_have_ended(run):
    code, lines = run({"test_a.py": ALONE, "test_b.py": SLOW})
    assert code == 0 and lines[-1] == "2 passed, 0 failed, 0 skipped"


def test_long_tests_run_only_when_they_are_asked_for(run):
    files = {"test_a.py": GOOD, "test_b.py": LONG}
    assert run(files)[1][-1] == "1 passed, 0 failed, 0 skipped"
    code, lines = run(files, "--full")
    assert code == 1 and lines[-1] == "1 passed, 1 failed, 0 skipped"


def test_a_soak_runs_only_by_itself(run):
    files = {"test_a.py": GOOD, "test_b.py": LONG.replace("mark.long", "mark.soak")}
    assert run(files)[1][-1] == run(files, "--full")[1][-1] == "1 passed, 0 failed, 0 skipped"
    code, lines = run(files, "--soak")
    assert code == 1 and lines[-1] == "0 passed, 1 failed, 0 skipped"
