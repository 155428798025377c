# SPDX-License-Identifier: MIT
"""What looks at the sources and at runs is clean: make lint, valgrind, coverage and asan, each as a person
runs it."""

import subprocess

import pytest


@pytest.mark.parametrize("target", ["lint", "valgrind", "coverage", pytest.param("asan", marks=pytest.mark.alone)])
def test_is_clean(repo, build, target):
    done = subprocess.run(["make", "--no-print-directory", f"BUILD={build}", target], cwd=repo, capture_output=True,
                          text=True, timeout=1500, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
