# SPDX-License-Identifier: MIT
"""Runs the cmocka programs in build/unit; each of their cases is a test here, under its own name."""

import os
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", HERE.parent.parent / "build")).resolve()


def run(program):
    """The TAP lines of a program as {case: failure or None}; a program that is missing or dies is a case of its own."""
    try:
        done = subprocess.run([BUILD / "unit" / program], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"runs": str(error)}
    cases = {}
    for line in done.stdout.splitlines():
        if match := re.match(r"(not )?ok \d+ - (\S+)", line):
            cases[match[2]] = done.stdout + done.stderr if match[1] else None
    failed = any(cases.values())
    cases["ends"] = None if cases and (done.returncode == 0 or failed) else f"exit {done.returncode}: {done.stderr}"
    return cases


def pytest_generate_tests(metafunc):
    cases = [(source.stem, case, failure)
             for source in sorted(HERE.glob("test_*.c")) for case, failure in run(source.stem).items()]
    metafunc.parametrize("failure", [case[2] for case in cases], ids=[f"{case[0]}:{case[1]}" for case in cases])


def test(failure):
    assert failure is None, failure
