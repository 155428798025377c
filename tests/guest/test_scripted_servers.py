# SPDX-License-Identifier: MIT
"""Servers that no real one can be made to be, met by a whole guest: the boot is held for `wait` seconds and no longer, the
agent lives and says what is wrong, and mounts as soon as a real server takes over. tests/net has the probe's side of it."""

import sys
import time
from pathlib import Path

import proc
import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "net"))
from scripted import DUMP, EXPORT, MNT, MOUNT, NFS, RPCBIND, Scripted, accepted, exports, record, rejected, words  # noqa: E402

FSINFO = "null-19"  # the kernel's first question of its own, which the probe does not ask
AUTH_TOOWEAK = 5
ACCES = 13


def silent(connection, xid):
    pass


def trickling(connection, xid):
    for byte in record(accepted(xid, words(0))):
        connection.sendall(bytes([byte]))
        time.sleep(0.5)


def garbage(connection, xid):
    connection.sendall(bytes(range(256)) * 300)


def oversized(connection, xid):
    connection.sendall(words(0xffffffff) + bytes(100_000))


def stranger(connection, xid):
    connection.sendall(record(accepted(xid ^ 1, words(0))))


def too_weak(connection, xid):
    connection.sendall(record(rejected(xid, AUTH_TOOWEAK)))


def everywhere(answer):
    return {RPCBIND: answer, NFS: answer, MOUNT: answer, **{name: answer for name in ("dump", "exports", "mnt", "getattr")}}


MANY = [b"/many/%05d" % number for number in range(10_000)]
HOSTILE = [b"/a\nts=2017-01-01T00:00:00Z level=info event=up", b"/\x1b[2J\xff\xfe", b'/"quote\\', b"/" + b"x" * 900]

SERVERS = {
    "accepts and is silent": (everywhere(silent), {"unreachable", "no-mountd"}),
    "sends a byte every half second": (everywhere(trickling), {"unreachable", "no-mountd"}),
    "sends garbage": (everywhere(garbage), None),
    "promises a reply of 2 GiB": (everywhere(oversized), None),
    "answers somebody else's calls": (everywhere(stranger), None),
    "finds the credentials too weak": ({MNT: too_weak}, {"auth"}),
    "has an rpcbind that rejects its callers": ({RPCBIND: too_weak, DUMP: too_weak}, {"auth"}),
    "has 10,000 exports but not this one": ({MNT: words(ACCES), EXPORT: exports(*MANY)}, {"not-exported"}),
    "has exports with hostile names": ({MNT: words(ACCES), EXPORT: exports(*HOSTILE)}, {"not-exported"}),
    "hangs only when the kernel asks": ({FSINFO: silent}, {"unreachable"}),
}


@pytest.mark.parametrize("name", SERVERS)
def test_the_boot_is_held_for_wait_seconds_only_by_a_server_that(relayed, name):
    answers, verdicts = SERVERS[name]
    lab, _ = relayed()
    scripted = Scripted(lab.netns, answers)
    try:
        guest = lab.boot(lab.packed(wait=4))
        record_ = lab.docker_start(guest)
        lab.wait_log(guest, 40, event="failed")
        log = lab.log(guest)
        raw = guest.must("cat /var/log/usermount.log")
        status = guest.sh("/usr/sbin/usermount status", timeout=10)
    finally:
        scripted.close()

    assert scripted.calls, "the server was never asked"
    assert 3.9 <= lab.held(record_, log) <= 5
    failed = {line["verdict"] for line in log if line.get("event") == "failed"}
    assert failed and (verdicts is None or failed <= verdicts), f"verdicts: {failed}"
    assert not [line for line in log if line.get("event") == "up"]
    assert all(line.get("ts", "").startswith("20") and line.get("boot") for line in log), "a line of the log is not ours"
    # Names may be UTF-8; control characters and bytes that are no UTF-8 (read here as U+FFFD) have to be escaped.
    assert [c for c in raw if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c == "\ufffd")] == []
    assert max(map(len, raw.splitlines())) < 4096
    assert status[1] == 1

    lab.server.start()
    proc.until("/Users is up", lambda: [x for x in lab.log(guest) if x.get("event") == "up"], 60, every=0.2)
    assert guest.must("cat /Users/me/project/composer.json")
