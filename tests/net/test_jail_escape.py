# SPDX-License-Identifier: MIT
"""A probe that a hostile server has taken over: build/faults/traitor is the agent with tests/faults/traitor.c as its probe.
What it tries is killed or refused; what it says is believed for its own mount only."""

import errno
import os
import subprocess
import time

import pytest

import proc
from conftest import AGENT

TRAITOR = AGENT.parent / "faults" / "traitor"
KILLED = ["write-file", "open-for-writing", "signal-daemon", "signal-by-descriptor", "trace-daemon",
          "write-daemon-memory", "limit-another", "start-process", "run-program", "become-root", "mount-something",
          "map-code", "open-netlink", "open-crypto", "open-mptcp", "open-unix-stream", "open-unix-datagram", "take-lock",
          "type-on-terminal"]
REFUSED = {"bind-reserved-port": errno.EACCES, "open-daemon-memory": errno.EACCES, "raise-limit": errno.EPERM,
           "read-secret": errno.EACCES, "take-memory": errno.ENOMEM, "open-others-descriptors": errno.EACCES}


@pytest.fixture
def commit(netns, tmp_path):
    """commit(crime) -> (the step's state, its errno, whether the probe was killed by the filter)."""
    def run(crime, server="127.0.0.1"):
        (tmp_path / "conf").write_text("probe_timeout = 10\n")
        trace = tmp_path / "trace"
        done = subprocess.run([*netns.enter, "strace", "-f", "-e", "trace=none", "-o", trace, TRAITOR, "--config",
                               tmp_path / "conf", "--cmdline", "/dev/null", "--porcelain", "probe",
                               f"{server}:/{crime}"], capture_output=True, text=True, timeout=30,
                              stdin=subprocess.DEVNULL)
        assert done.returncode in (0, 1), done
        step = next(line for line in done.stdout.splitlines() if line.startswith("step=resolve "))
        fields = dict(word.split("=") for word in step.split(" "))
        return fields["state"], int(fields["errno"]), "killed by SIGSYS" in trace.read_text()

    return run


def test_a_crime_that_is_none_is_seen_to_succeed(commit):
    assert commit("nothing") == ("ok", 0, False)


@pytest.mark.parametrize("crime", KILLED)
def test_the_filter_kills(commit, crime):
    assert commit(crime) == ("no-answer", 0, True)


def test_only_a_zone_opens_the_way_to_its_number(commit):
    """The C library asks for it through a datagram socket of the Unix domain; there is no way to a stream one."""
    assert commit("open-unix-datagram", "[fe80::1%lo]") == ("ok", 0, False)
    assert commit("open-unix-stream", "[fe80::1%lo]") == ("no-answer", 0, True)


@pytest.mark.parametrize("crime", REFUSED)
def test_the_system_refuses(commit, crime):
    assert commit(crime) == ("failed", REFUSED[crime], False)


@pytest.fixture
def daemon(netns, tmp_path):
    """start(export...) -> a daemon of traitors, one mount each, and a function that tells its status lines."""
    started = []
    options = ["--config", tmp_path / "conf", "--cmdline", "/dev/null", "--log", tmp_path / "log", "--run-dir",
               tmp_path / "run"]

    def start(*exports):
        mounts = [f"mount = 127.0.0.1:/{export}:{tmp_path}/target/{export}" for export in exports]
        (tmp_path / "conf").write_text("\n".join([*mounts, "wait = 0", "retry_max = 0.2", ""]))
        subprocess.run([*netns.enter, TRAITOR, *options, "start"], check=True, capture_output=True, timeout=30)
        started.append(True)

        def status():
            return subprocess.run([*netns.enter, TRAITOR, *options, "--porcelain", "status"], capture_output=True,
                                  text=True, timeout=30).stdout.splitlines()
        return status

    yield start
    if started:
        subprocess.run([*netns.enter, TRAITOR, *options, "stop"], check=True, capture_output=True, timeout=30)


def attempts(status, export):
    line = next(line for line in status() if f"/target/{export} " in line)
    return int(dict(word.split("=", 1) for word in line.split(" ") if "=" in word)["attempts"])


def test_another_mounts_answer_cannot_be_forged(daemon, tmp_path):
    """One mount's probe writes a good answer to each descriptor it may have; the other's keeps its own verdict."""
    status = daemon("forge", "read-secret")
    proc.until("both tried", lambda: all(attempts(status, one) >= 5 for one in ("forge", "read-secret")), 20)
    text = (tmp_path / "log").read_text() + "\n".join(status())
    assert "forged" not in text and "state=up" not in text and "event=up" not in text
    assert any("/target/read-secret" in line and "verdict=no-route" in line for line in status()), status()


def test_a_record_that_is_none_is_dropped(daemon, tmp_path):
    """Neither a crash nor a mount follows from bytes that are no evidence."""
    status = daemon("garbage", "garbage-options")
    proc.until("both tried", lambda: all(attempts(status, one) >= 3 for one in ("garbage", "garbage-options")), 20)
    text = (tmp_path / "log").read_text()
    assert "event=up" not in text and "context=" not in text
    mounts = (tmp_path / "run" / "pid").read_text().strip()
    with open(f"/proc/{mounts}/mountinfo") as table:
        assert str(tmp_path) not in table.read()


def test_a_daemon_outlives_its_probes(daemon, tmp_path):
    status = daemon(*KILLED)
    pid = (tmp_path / "run" / "pid").read_text()
    proc.until("all were tried", lambda: all(attempts(status, one) >= 2 for one in KILLED), 30)
    assert (tmp_path / "run" / "pid").read_text() == pid and os.path.exists(f"/proc/{pid.strip()}")
    assert not os.path.exists("/tmp/usermount-traitor")
    time.sleep(0.1)  # in which no more may come of it
    assert all(" state=waiting " in line for line in status()), status()
