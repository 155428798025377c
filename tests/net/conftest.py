# SPDX-License-Identifier: MIT
"""Fixtures of the network tests: a namespace of the test's own, and `probe`, the agent's diagnosis run in it."""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "guest")]
from netns import Netns  # noqa: E402
from scripted import Scripted  # noqa: E402

BUILD = Path(os.environ.get("USERMOUNT_BUILD", Path(__file__).resolve().parents[2] / "build")).resolve()
AGENT = Path(os.environ.get("USERMOUNT_AGENT", BUILD / "usermount"))
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all"]
EARLY_S = 0.5  # a probe may take this much longer than its deadline


@pytest.fixture
def netns():
    one = Netns()
    yield one
    one.close()


@pytest.fixture
def server(netns):
    """An NFS server by hand, which exports /Users."""
    one = Scripted(netns)
    yield one
    one.close()


class Outcome:
    def __init__(self, text, code, took_s):
        self.text, self.code, self.took_s = text, code, took_s
        lines = text.splitlines()
        self.head, self.last = lines[0], dict(pair.split("=", 1) for pair in shlex.split(lines[-1], posix=True))
        self.steps = {}
        for line in lines[1:-1]:
            fields = dict(pair.split("=", 1) for pair in line.split(" "))
            self.steps[fields["step"]] = fields
        self.verdict, self.cause, self.fix = self.last["verdict"], self.last["cause"], self.last["fix"]


@pytest.fixture
def probe(netns, tmp_path):
    """probe("127.0.0.1:/Users", timeout_s=1, user=[]) -> Outcome; it must end in its time."""
    def run(what="127.0.0.1:/Users", timeout_s=1, user=(), more=""):
        conf = tmp_path / "conf"
        conf.write_text(f"probe_timeout = {timeout_s}\n{more}")
        conf.chmod(0o644)
        tmp_path.chmod(0o755)
        words = [*netns.enter, *user, AGENT, "--config", conf, "--cmdline", "/dev/null", "--porcelain", "probe",
                 *([what] if what else [])]
        for _ in range(2):  # what takes too long does so again, and a machine that stood still for a moment does not
            began = time.monotonic()
            done = subprocess.run(words, capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
            took_s = time.monotonic() - began
            if took_s < timeout_s + EARLY_S:
                break
        text = done.stdout.decode(errors="surrogateescape")
        assert took_s < timeout_s + EARLY_S, (took_s, text)
        assert done.stderr == b"", done.stderr
        outcome = Outcome(text, done.returncode, took_s)
        assert outcome.code == (0 if outcome.verdict == "ok" else 1)
        return outcome

    return run
