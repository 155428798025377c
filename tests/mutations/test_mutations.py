# SPDX-License-Identifier: MIT
"""Each mutation of the table is applied to a copy of the project, and the test it names has to fail there: tests that
would let it pass prove nothing. The same test has to pass in the copy as it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE))
from table import MUTATIONS  # noqa: E402

SOURCES = "agent contrib docs openrc packer tests Makefile README.md CHANGELOG.md LICENSE".split()
BUILT = "agent host libs licences share tools.ok libnfs.choice usermount usermount.debug usermount-pack".split()
CASES = [pytest.param(m, id=m.what, marks=[] if m.quick else pytest.mark.long) for m in MUTATIONS]


class Copy:
    def __init__(self, repo, build, folder):
        self.folder, self.build, self.judged = folder, folder / "build", {}
        for name in SOURCES:
            subprocess.run(["cp", "-a", repo / name, folder / name], check=True)
        self.build.mkdir()
        for name in BUILT:
            if (build / name).exists():
                subprocess.run(["cp", "-a", build / name, self.build / name], check=True)
        (build / "guest").mkdir(exist_ok=True)
        # The guests' packages and ramdisks are large, and the same.
        (self.build / "guest").symlink_to(build / "guest")

    def make(self, *targets):
        done = self.run("make", *targets)
        assert done.returncode == 0, f"the copy cannot be built: {done.stdout[-3000:]}"

    def run(self, *command):
        return subprocess.run([str(word) for word in command], cwd=self.folder, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "USERMOUNT_BUILD": str(self.build), "USERMOUNT_AGENT": str(self.build / "usermount")})

    def judge(self, test):
        """Whether the test passes in the copy as it is now, and what it says."""
        if test.startswith("unit/"):
            self.make(f"build/{test}")
            done = self.run(self.build / test)
        else:
            self.make("all")
            done = self.run(sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test.split(" "))
        return done.returncode, done.stdout

    def passes(self, test):
        if test not in self.judged:
            self.judged[test] = self.judge(test)
        return self.judged[test]


@pytest.fixture(scope="module")
def copy(repo, build, request):
    # Not below /tmp/pytest-…: programs that run as nobody have to get there, and user-mode-linux's paths are short.
    folder = build / f"mutant-{os.getpid()}"
    folder.mkdir()
    failed = request.session.testsfailed
    yield Copy(repo, build, folder)
    if request.session.testsfailed == failed:  # else what explains the failure is in it
        shutil.rmtree(folder)


def test_the_table_breaks_at_least_twelve_things_in_different_ways():
    assert len(MUTATIONS) >= 12 and len({m.what for m in MUTATIONS}) == len(MUTATIONS)
    assert sum(m.quick for m in MUTATIONS) >= 2


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.what)
def test_what_is_broken_is_in_the_product(mutation, repo):
    assert mutation.old != mutation.new
    assert (repo / mutation.file).read_text().count(mutation.old) == 1, f"{mutation.file} has another text now"


@pytest.mark.parametrize("mutation", CASES)
def test_the_tests_notice_a_product_that_no_longer(mutation, copy):
    code, text = copy.passes(mutation.test)
    assert code == 0, f"{mutation.test} fails without a mutation: {text[-3000:]}"
    file = copy.folder / mutation.file
    original = file.read_text()
    file.write_text(original.replace(mutation.old, mutation.new))
    try:
        code, text = copy.judge(mutation.test)
    finally:
        file.write_text(original)
    # 1 is pytest's for a failed test; a cmocka program's is the count of failures, and a crash counts as well.
    failed = code == 1 if not mutation.test.startswith("unit/") else code != 0
    assert failed, f"{mutation.test} does not notice (exit {code}): {text[-3000:]}"
