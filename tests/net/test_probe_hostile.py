# SPDX-License-Identifier: MIT
"""usermount probe against servers that misbehave: it ends in its time, and says what it saw."""

import errno
import os
import socket
import struct
import threading

import pytest

import scripted
from scripted import DUMP, EXPORT, GETATTR, MNT, MOUNT, NFS, Scripted, accepted, dump, exports, record, words


@pytest.fixture
def serve(netns):
    servers = []

    def start(answers=None, **more):
        servers.append(Scripted(netns, answers, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def silent(connection, xid):
    pass


def hangs_up(connection, xid):
    connection.close()


def trickle(connection, xid):
    """A byte a second, of a good answer."""
    def drip():
        for byte in record(accepted(xid, b"")):
            try:
                connection.send(bytes([byte]))
            except OSError:
                return
            stop.wait(1)
    stop = threading.Event()
    threading.Thread(target=drip, daemon=True).start()


def wrong_xid(connection, xid):
    connection.sendall(record(accepted(xid ^ 1, b"")))


def garbage(connection, xid):
    connection.sendall(record(os.urandom(64)))


def text(connection, xid):
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def oversized(connection, xid):
    """A record of 2 GiB is announced, and bytes come without end."""
    try:
        connection.sendall(words(0xffffffff) + words(xid, 1, 0, 0, 0, 0))
        for _ in range(1000):
            connection.sendall(bytes(65536))
    except OSError:
        pass


def empty_fragments(connection, xid):
    try:
        for _ in range(20000):
            connection.sendall(words(0) * 64)
    except OSError:
        pass


def cut_short(connection, xid):
    connection.sendall(record(accepted(xid, words(1)[:2])))


def endless_list(connection, xid):
    """A list of exports that goes on for as long as somebody reads."""
    try:
        connection.sendall(words(0x80000000 | 0x7fffff00) + accepted(xid, b""))
        entry = words(1) + scripted.opaque(b"/" + b"x" * 63) + words(0)
        while True:
            connection.sendall(entry * 100)
    except OSError:
        pass


BEHAVIOURS = [silent, hangs_up, trickle, wrong_xid, garbage, text, oversized, empty_fragments, cut_short, endless_list]
PLACES = [DUMP, NFS, MOUNT, EXPORT, MNT, GETATTR]
GONE = {"unreachable", "internal", "no-mountd"}


def test_the_server_by_hand_is_a_good_one(serve, probe):
    server = serve()
    outcome = probe()
    assert outcome.verdict == "ok", outcome.text
    assert set(outcome.steps) == {"resolve", "connect-rpcbind", "rpcbind-dump", "connect-nfs", "null-nfs",
                                  "connect-mountd", "null-mountd", "exports", "mnt", "getattr"}
    assert all(step["state"] == "ok" for step in outcome.steps.values())
    assert (MOUNT, "null-3") in server.calls  # UMNT: its list of clients stays clean


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda one: one.__name__)
def test_a_server_that_misbehaves_costs_one_deadline_at_most(serve, probe, behaviour, place):
    serve({place: behaviour})
    outcome = probe(timeout_s=0.5)
    # A list that never comes right is no reason against a MOUNT that is granted.
    allowed = GONE | {"ok", "not-exported"} if place == EXPORT else GONE
    if place in (NFS, MOUNT) and behaviour in (cut_short, oversized, empty_fragments, endless_list):
        allowed = allowed | {"ok"}  # bytes behind a NULL's answer mean nothing
    if place == DUMP and behaviour in (oversized, empty_fragments, endless_list):
        allowed = allowed | {"no-nfs"}  # a table without NFS in it
    assert outcome.verdict in allowed, outcome.text
    assert outcome.cause and (outcome.fix or outcome.verdict == "ok")


def test_a_server_that_resets_just_before_it_is_written_to_is_told(serve, probe):
    """The write(2) meets SIGPIPE. libtirpc looks at the connection first, so the moment is short: strace makes it long."""
    def answer_and_reset_nfs(connection, xid):
        connection.sendall(record(accepted(xid, dump())))
        stop.wait(0.25)
        nfs = next(one for one in server.connections if one.getsockname()[1] == 2049)
        nfs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        nfs.shutdown(socket.SHUT_RDWR)
        nfs.close()

    stop = threading.Event()
    server = serve({DUMP: answer_and_reset_nfs})
    outcome = probe(timeout_s=4, user=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpeername", "-e",
                                       "inject=getpeername:delay_exit=500000"])
    assert outcome.steps["null-nfs"]["state"] == "failed", outcome.text
    assert int(outcome.steps["null-nfs"]["errno"]) == errno.EPIPE, outcome.text


@pytest.mark.parametrize("registered, verdict, said", [
    (((NFS, 2, 2049), (NFS, 4, 2049), (MOUNT, 3, 20048)), "version", "NFS 2, 4 on TCP, not 3"),
    (((NFS, 3, 2049), (MOUNT, 1, 20048), (MOUNT, 2, 20048)), "version", "MOUNT 1, 2 on TCP, not 3"),
    (((MOUNT, 3, 20048),), "no-nfs", "no NFS is registered"),
    (((NFS, 3, 2049),), "no-mountd", "no mountd is registered"),
    ((), "no-nfs", "no NFS is registered"),
    (((NFS, 3, 2050), (MOUNT, 3, 20048)), "no-nfs", "refuses the port that rpcbind names for connect-nfs"),
    (((NFS, 3, 2049), (MOUNT, 3, 20049)), "no-mountd", "refuses the port that rpcbind names for connect-mountd"),
    (((NFS, 3, 70000), (MOUNT, 3, 20048)), "version", "no version"),
    (((NFS, 4000000000, 2049), (NFS, 3, 2049), (MOUNT, 3, 20048)), "ok", "mounted"),
], ids=lambda one: one if isinstance(one, str) else "")
def test_what_rpcbind_tells_decides(serve, probe, registered, verdict, said):
    serve({DUMP: dump(registered)})
    outcome = probe()
    assert outcome.verdict == verdict and said in outcome.cause, outcome.text


def test_a_program_that_is_only_there_over_udp_is_named_so(serve, probe):
    serve({DUMP: dump(protocol=17)})
    assert probe().verdict == "version"


@pytest.mark.parametrize("place", [NFS, MOUNT, MNT, GETATTR], ids=str)
def test_rejected_credentials_are_auth(serve, probe, place):
    serve({place: lambda connection, xid: connection.sendall(record(scripted.rejected(xid, 5)))})
    outcome = probe()
    assert outcome.verdict == "auth" and "require_resv_port = 0" in outcome.fix, outcome.text


def test_an_rpcbind_that_rejects_its_caller_beside_an_nfs_that_answers_is_auth_and_named(serve, probe):
    serve({DUMP: lambda connection, xid: connection.sendall(record(scripted.rejected(xid, 5)))})
    outcome = probe()
    assert outcome.verdict == "auth" and "rpcbind (port 111), which knows mountd's port, rejects the guest" in outcome.text


@pytest.mark.parametrize("place, status, verdict", [
    (NFS, 1, "no-nfs"), (NFS, 2, "version"), (MOUNT, 1, "no-mountd"), (MOUNT, 2, "version"),
])
def test_a_program_that_is_not_served_is_named(serve, probe, place, status, verdict):
    more = words(4, 4) if status == 2 else b""
    serve({place: lambda connection, xid: connection.sendall(record(accepted(xid, more, status)))})
    assert probe().verdict == verdict


@pytest.mark.parametrize("status, said", [(13, "permission denied"), (2, "no such folder"), (10006, "server fault"),
                                          (77, "an unknown status")])
def test_an_export_that_is_listed_and_refused_is_denied(serve, probe, status, said):
    serve({MNT: words(status)})
    outcome = probe()
    assert outcome.verdict == "denied" and f"MOUNT says {said}" in outcome.cause, outcome.text


def test_attributes_that_are_denied_are_auth_and_a_dead_handle_is_stale(serve, probe):
    server = serve({GETATTR: words(13)})
    assert probe().verdict == "auth"
    server.answers[GETATTR] = words(70)
    assert probe().verdict == "stale"


@pytest.mark.parametrize("listed, verdict, near", [
    (b"/users", "near-miss", "/users"), (b"/System/Volumes/Data/Users", "near-miss", "/System/Volumes/Data/Users"),
    (b"/", "near-miss", "/"), (b"/Users/me", "near-miss", "/Users/me"), (b"/Volumes", "not-exported", "/Volumes"),
])
def test_a_path_that_is_not_listed_is_compared_with_those_that_are(serve, probe, listed, verdict, near):
    serve({EXPORT: exports(b"/tmp", listed), MNT: words(13)})
    outcome = probe()
    assert outcome.verdict == verdict and near in outcome.cause, outcome.text
    assert "/Users -alldirs -mapall=501:20 localhost" in outcome.fix


def test_a_list_of_ten_thousand_names_is_read_to_its_end_and_shown_in_part(serve, probe):
    names = [b"/Volumes/a-rather-long-name-%d" % i for i in range(10000)]
    serve({EXPORT: exports(*names, b"/users"), MNT: words(13)})
    outcome = probe(timeout_s=2)
    assert outcome.verdict == "near-miss" and "/users" in outcome.cause, outcome.text


def test_bytes_of_a_strangers_names_stay_text(serve, probe):
    names = (b"/\x1b[31mred", b"/line\nverdict=ok cause=x", b'/"quoted"', b"/\xff\xfe\x80", b"/nul\0behind", b"no-slash", b"")
    serve({EXPORT: exports(*names), MNT: words(13)})
    outcome = probe()
    assert outcome.verdict == "not-exported", outcome.text
    assert not set(outcome.text) & set(map(chr, [*range(10), *range(11, 32), 127]))
    assert sum(line.startswith("verdict=") for line in outcome.text.splitlines()) == 1
