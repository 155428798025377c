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
    connection.shutdown(socket.SHUT_RDWR)  # close() alone would wait for the stream that reads from it


def resets(connection, xid):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    raise OSError  # ends the reading stream too, and so the connection


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


BEHAVIOURS = [silent, hangs_up, resets, trickle, wrong_xid, garbage, text, oversized, empty_fragments, cut_short, endless_list]
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
        stop.wait(1)
        nfs = next(one for one in server.connections if one.getsockname()[1] == 2049)
        nfs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        nfs.shutdown(socket.SHUT_RDWR)
        nfs.close()

    stop = threading.Event()
    server = serve({DUMP: answer_and_reset_nfs})
    outcome = probe(timeout_s=12, user=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpeername", "-e",
                                       "inject=getpeername:delay_exit=2000000"])
    assert outcome.steps["null-nfs"]["state"] == "failed", outcome.text
    assert int(outcome.steps["null-nfs"]["errno"]) == errno.EPIPE, outcome.text


@pytest.mark.parametrize("registered, verdict, said", [
    (((NFS, 2, 2049), (NFS, 4, 2049), (MOUNT, 3, 20048)), "version", "NFS 2, 4 on TCP, not 3"),
    (((NFS, 3, 2049), (MOUNT, 1, 20048), (MOUNT, 2, 20048)), "version", "MOUNT 1, 2 on TCP, not 3"),
    (((NFS, 3, 2049),), "no-mountd", "no mountd is registered"),
    (((NFS, 3, 2050), (MOUNT, 3, 20048)), "no-nfs", "refuses the port that rpcbind names for NFS"),
    (((NFS, 3, 2049), (MOUNT, 3, 20049)), "no-mountd", "refuses the port that rpcbind names for mountd"),
    (((NFS, 3, 70000), (MOUNT, 3, 20048)), "version", "no version"),
    (((NFS, 4000000000, 2049), (NFS, 3, 2049), (MOUNT, 3, 20048)), "ok", "127.0.0.1 serves /Users"),
], ids=lambda one: one if isinstance(one, str) else "")
def test_what_rpcbind_tells_decides(serve, probe, registered, verdict, said):
    serve({DUMP: dump(registered)})
    outcome = probe()
    assert outcome.verdict == verdict and said in outcome.cause, outcome.text


@pytest.mark.parametrize("registered", [(), ((MOUNT, 3, 20048),)], ids=["nothing", "mountd"])
def test_rpcbind_without_nfs_and_nobody_on_its_port_is_no_valid_export(serve, probe, registered):
    serve({DUMP: dump(registered)}, ports={111: scripted.RPCBIND, 20048: MOUNT})
    outcome = probe()
    assert (outcome.verdict, outcome.cause) == ("no-nfs", "rpcbind answers on 127.0.0.1, but no NFS is registered")
    assert outcome.fix == "nfsd has no valid exports: sudo nfsd checkexports, then sudo nfsd update"


def test_an_empty_rpcbind_beside_an_nfs_that_answers_is_an_nfsd_that_could_not_register(serve, probe):
    serve({DUMP: dump(())})
    outcome = probe()
    assert outcome.verdict == "no-nfs", outcome.text
    assert outcome.cause == "NFS answers on 127.0.0.1, but neither it nor mountd is registered with rpcbind"
    assert outcome.fix == ("nfsd could not register, or rpcbind was restarted: check that the Mac's /etc/hosts has the line "
                           "127.0.0.1 localhost, then: sudo nfsd disable && sudo nfsd enable && sudo nfsd start")


def test_an_nfs_that_alone_is_not_registered_is_found_on_its_usual_port(serve, probe):
    """The kernel mounts it there as well: it asks rpcbind for mountd only."""
    serve({DUMP: dump(((MOUNT, 3, 20048),))})
    assert probe().verdict == "ok"


def test_a_program_that_is_only_there_over_udp_is_named_so(serve, probe):
    serve({DUMP: dump(protocol=17)})
    assert probe().verdict == "version"


MOUNTD_KEY, NFSD_KEY = "nfs.server.mount.require_resv_port", "nfs.server.require_resv_port"


@pytest.mark.parametrize("place, key", [(NFS, NFSD_KEY), (MOUNT, MOUNTD_KEY), (MNT, MOUNTD_KEY), (GETATTR, NFSD_KEY)])
def test_rejected_credentials_are_auth_and_cured_at_the_daemon_that_rejected_them(serve, probe, place, key):
    serve({place: lambda connection, xid: connection.sendall(record(scripted.rejected(xid, 5)))})
    outcome = probe()
    assert outcome.verdict == "auth", outcome.text
    assert outcome.fix == f"set {key} = 0 in /etc/nfs.conf, then: sudo nfsd update"


EARLY, LATE = "accepted the connection and hung up at {}", "hung up at {} after it had answered other calls"


@pytest.mark.parametrize("behaviour", [hangs_up, resets], ids=lambda one: one.__name__)
@pytest.mark.parametrize("place, step, said", [(NFS, "null-nfs", EARLY), (MOUNT, "null-mountd", EARLY),
                                               (MNT, "mnt", LATE), (GETATTR, "getattr", LATE)])
def test_a_hang_up_has_its_error_and_is_a_firewalls_only_at_the_first_call(serve, probe, place, step, said, behaviour):
    serve({place: behaviour})
    outcome = probe()
    assert (outcome.verdict, outcome.cause) == \
        ("unreachable", f"127.0.0.1 {said.format(step)}: Connection reset by peer"), outcome.text
    assert int(outcome.steps[step]["errno"]) == errno.ECONNRESET
    assert ("firewall" in outcome.fix) == (said == EARLY)


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


@pytest.mark.parametrize("status, verdict, cause, fix", [
    (13, "denied", "permission denied: it is not for localhost",
     "export it to localhost: /Users -alldirs -mapall=501:20 localhost  then: sudo nfsd update"),
    (2, "missing-folder", "no such folder: the folder is missing on the Mac",
     "connect the disk that /Users is on, or make the folder, then: sudo nfsd update"),
    (20, "missing-folder", "not a folder: the folder is missing on the Mac",
     "connect the disk that /Users is on, or make the folder, then: sudo nfsd update"),
    (10006, "denied", "server fault", "check on the Mac: sudo nfsd checkexports, then sudo nfsd update"),
    (77, "denied", "an unknown status", "check on the Mac: sudo nfsd checkexports, then sudo nfsd update"),
])
def test_an_export_that_is_listed_and_refused_is_cured_by_what_mount_says(serve, probe, status, verdict, cause, fix):
    serve({MNT: words(status)})
    outcome = probe()
    assert (outcome.verdict, outcome.cause, outcome.fix) == (verdict, f"/Users is exported, but MOUNT says {cause}", fix)


def test_attributes_that_are_denied_are_auth_and_a_dead_handle_is_stale(serve, probe):
    server = serve({GETATTR: words(13)})
    assert probe().verdict == "auth"
    server.answers[GETATTR] = words(70)
    assert probe().verdict == "stale"


@pytest.mark.parametrize("listed, verdict, near", [
    (b"/users", "near-miss", "/users"), (b"/", "near-miss", "/"), (b"/Users/me", "near-miss", "/Users/me"), (b"/Volumes", "not-exported", "/Volumes"),
])
def test_a_path_that_is_not_listed_is_compared_with_those_that_are(serve, probe, listed, verdict, near):
    serve({EXPORT: exports(b"/tmp", listed), MNT: words(13)})
    outcome = probe()
    assert outcome.verdict == verdict and near in outcome.cause, outcome.text
    assert "/Users -alldirs -mapall=501:20 localhost" in outcome.fix


@pytest.mark.parametrize("listed, more", [
    (b"/System/Volumes/Data/Users", ""),
    (b"/System/Volumes/Data", " and add -alldirs to the line of /System/Volumes/Data in /etc/exports, then: sudo nfsd update"),
], ids=["folder", "volume"])
def test_the_data_volumes_name_is_told_with_the_setting_that_mounts_it(serve, probe, listed, more):
    serve({EXPORT: exports(listed), MNT: words(13)})
    outcome = probe()
    assert outcome.verdict == "near-miss" and listed.decode() in outcome.cause, outcome.text
    assert outcome.fix == "set mount = /System/Volumes/Data/Users:/Users" + more


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
