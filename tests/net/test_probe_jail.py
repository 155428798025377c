# SPDX-License-Identifier: MIT
"""What the process that reads bytes from the network may do: nothing but that. Seen while a silent server holds it."""

import os
import subprocess
from pathlib import Path

import pytest

import proc
from conftest import AGENT
from scripted import DUMP, Scripted


@pytest.fixture
def prisoner(netns, tmp_path):
    """{name: value} of /proc/PID/status of the probing child, its limits, and its descriptors."""
    (tmp_path / "conf").write_text("probe_timeout = 20\n")
    server = Scripted(netns, {DUMP: lambda connection, xid: None})
    probing = subprocess.Popen([*netns.enter, AGENT, "--config", tmp_path / "conf", "--cmdline", "/dev/null", "probe",
                                "127.0.0.1:/Users"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               stdin=subprocess.DEVNULL)
    try:
        proc.until("the call", lambda: server.calls, 10)
        child = Path("/proc") / Path(f"/proc/{probing.pid}/task/{probing.pid}/children").read_text().split()[0]
        status = dict(line.split(":\t", 1) for line in (child / "status").read_text().splitlines() if ":\t" in line)
        limits = {line[:26].strip(): line[26:].split()[:2] for line in (child / "limits").read_text().splitlines()[1:]}
        files = [os.readlink(link) for link in (child / "fd").iterdir()]
        yield status, limits, files
    finally:
        probing.kill()
        probing.wait()
        server.close()


def test_the_probe_is_nobody_without_any_privilege(prisoner):
    status, limits, files = prisoner
    assert status["Uid"].split() == ["65534"] * 4
    assert status["Gid"].split() == ["65534"] * 4
    assert status["Groups"].strip() == ""
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 0, kind
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert limits["Max processes"] == ["0", "0"]
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert int(limits["Max open files"][1]) <= 32
    assert int(limits["Max address space"][1]) <= 64 << 20
    # Its pipe, its sockets and what it was started with.
    assert all(file.startswith(("pipe:", "socket:")) or file == "/dev/null" for file in files), files


def test_a_probe_that_is_killed_takes_its_child_with_it(netns, tmp_path):
    (tmp_path / "conf").write_text("probe_timeout = 20\n")
    server = Scripted(netns, {DUMP: lambda connection, xid: None})
    probing = subprocess.Popen([*netns.enter, AGENT, "--config", tmp_path / "conf", "--cmdline", "/dev/null", "probe",
                                "127.0.0.1:/Users"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               stdin=subprocess.DEVNULL)
    proc.until("the call", lambda: server.calls, 10)
    child = Path(f"/proc/{probing.pid}/task/{probing.pid}/children").read_text().split()[0]
    probing.kill()
    probing.wait()
    proc.until("the child is gone", lambda: not Path(f"/proc/{child}").exists(), 5)
    server.close()


def test_what_names_and_zones_need_is_allowed_in_the_jail(netns, probe):
    """musl asks for a zone's number through a Unix socket and an ioctl: both are in the filter for that."""
    netns.run("ip", "addr", "add", "fe80::1/64", "dev", "lo", "nodad")
    tentative = ("ip", "-6", "-o", "addr", "show", "dev", "lo", "tentative")  # the kernel's own work queue ends that
    proc.until("the address", lambda: not netns.run(*tentative), 10, every=0.005)
    for server in ("[fe80::1%lo]", "localhost"):
        outcome = probe(f"{server}:/Users")
        assert outcome.steps["resolve"]["state"] == "ok" and outcome.verdict == "refused", outcome.text
