# SPDX-License-Identifier: MIT
"""The agent for 64-bit ARM: its tests under qemu-user, and a whole guest in qemu-system-aarch64 with Debian's kernel."""

import os
import re
import shlex
import subprocess
import sys

import proc
import pytest
from paths import BUILD, REPO

AGENT = BUILD / "aarch64/usermount"
TESTS = ["tests/cli/test_agent_cli.py", "tests/cli/test_agent_config.py", "tests/cli/test_agent_log.py",
         "tests/cli/test_agent_status.py", "tests/net/test_probe_hostile.py", "tests/net/test_probe_jail.py",
         "tests/net/test_probe_server.py"]
# What qemu-user cannot show: it ignores the system call filter, which the boot below looks at instead (tests/net/
# test_jail_escape.py, which tries the filter's every call, is left out whole for that); and the test that
# reads the ELF file finds a script in the agent's place.
NOT_HERE = ["tests/net/test_probe_jail.py::test_the_probe_is_nobody_without_any_privilege",
            "tests/cli/test_agent_cli.py::test_the_binary_needs_nothing_else"]


@pytest.fixture(scope="module", autouse=True)
def built():
    assert AGENT.exists(), "not built: run make arm64"


def test_the_binary_is_static_small_and_for_arm64():
    text = subprocess.run(["readelf", "-hlW", AGENT], text=True, capture_output=True, check=True).stdout
    assert re.search(r"Machine:\s+AArch64", text)
    assert "INTERP" not in text and "DYNAMIC" not in text
    # 256 KiB is x86_64's, which every Docker for Mac had. This code is less dense, and lies on pages of 16 KiB.
    assert AGENT.stat().st_size <= 288 * 1024


@pytest.mark.alone  # it has deadlines in it, and each thing takes longer here
def test_the_agents_own_tests_pass_under_qemu_user():
    # Beside the agent, since a test runs it as nobody, who cannot look into pytest's folders.
    script = AGENT.with_name("usermount.qemu-user")
    script.write_text(f'#!/bin/sh\nexec qemu-aarch64-static {shlex.quote(str(AGENT))} "$@"\n')
    script.chmod(0o755)
    skipped = [word for test in NOT_HERE for word in ("--deselect", test)]
    done = subprocess.run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *skipped, *TESTS], cwd=REPO,
                          env={**os.environ, "USERMOUNT_AGENT": str(script)}, text=True, capture_output=True)
    print(done.stdout[-5000:])
    passed, failed, skipped = map(int, re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", done.stdout, re.M).groups())
    assert (done.returncode, failed, skipped) == (0, 0, 0) and passed > 150


def test_a_guest_mounts_users_before_docker_starts_and_its_probe_is_jailed(lab_in):
    lab = lab_in("qemu-arm64")
    lab.server.start()
    guest = lab.boot(lab.packed("moby-1.13-arm64"))
    record = lab.docker_start(guest, timeout=240)
    assert guest.must("uname -m").strip() == "aarch64"
    assert record.mount_of("/Users")["type"] == "nfs"
    assert record.sees == lab.exported()
    assert [line["verdict"] for line in lab.log(guest) if line.get("event") == "up"] == ["ok"]

    lab.server.pause()
    try:
        guest.must("(usermount probe >/run/probe 2>&1 &)")
        jailed = proc.until("a probing child with a filter", lambda: guest.sh(
            "for p in $(pidof usermount); do grep -H -E '^(Uid|Seccomp):' /proc/$p/status; done | grep -B1 'Seccomp:.*2'")[0], 20)
        assert re.search(r"Uid:\s+65534\s+65534\s+65534\s+65534", jailed)
    finally:
        lab.server.resume()
    guest.powerdown(timeout=60)
