# SPDX-License-Identifier: MIT
"""A failure leaves a folder with what explains it, in each lane, and says where; a test that passes leaves nothing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lab import Lab
from paths import FAILED, HERE

# The server's own words, beside what every lane leaves.
SERVER = {"uml": "ganesha.log", "qemu": "ganesha.log", "kernel": "knfsd-console-1.txt", "shared": "ganesha.log"}


@pytest.mark.parametrize("lane", SERVER)
def test_a_failure_leaves_console_log_packets_and_a_cause_of_one_line_in_lane(product, lane):
    done = subprocess.run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{HERE}/provoked.py", "-k", lane],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "CI": ""}, timeout=300)
    assert done.returncode == 1 and "1 failed" in done.stdout, done.stdout
    kept = Path(re.search(r"^what explains the failure is in (.*)$", done.stdout, re.M)[1])
    assert kept.parent == FAILED

    assert re.fullmatch(r"AssertionError: provoked.*\n", (kept / "cause.txt").read_text())
    assert "docker: starts" in (kept / "console-1.txt").read_text()
    assert "event=up" in (kept / "usermount.log-1").read_text()
    assert "service usermount" in (kept / "docker-start-1").read_text()
    assert (kept / SERVER[lane]).stat().st_size
    # The guest's port may be one that tshark takes for another protocol's.
    tshark = ["tshark", "-r", kept / "wire.pcap", "-d", "tcp.port==2049,rpc", "-Y", "nfs"]
    packets = subprocess.run(tshark, capture_output=True, text=True).stdout
    assert "FSINFO" in packets, "the mount's first call is not among the packets"
    assert (kept / "wire.pcap").stat().st_size < 40_000_000
    shutil.rmtree(kept)


def test_a_lab_that_cannot_be_made_leaves_its_cause_and_says_where(lab_in, monkeypatch, capfd):
    def fail(lab):
        raise OSError("no sniffer")
    monkeypatch.setattr(Lab, "sniff", fail)
    with pytest.raises(OSError):
        lab_in()
    kept = FAILED / "test_a_lab_that_cannot_be_made_leaves_its_cause_and_says_where"
    assert (kept / "cause.txt").read_text() == "OSError: no sniffer\n"
    assert f"what explains the failure is in {kept}\n" in capfd.readouterr().err
    shutil.rmtree(kept)


def test_a_lab_that_ends_well_leaves_nothing(lab_in):
    lab = lab_in()
    folder = lab.folder
    assert folder.exists()
    assert lab.close() is None
    assert not folder.exists() and not (FAILED / lab.name).exists()
