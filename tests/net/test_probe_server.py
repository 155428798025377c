# SPDX-License-Identifier: MIT
"""usermount probe against a real server, nfs-ganesha with rpcbind, and against bad networks."""

import socket
import threading

import proc
import pytest

from conftest import AGENT, NOBODY
from server import Server

# getaddrinfo()'s words: musl's; a sanitizer's build has the machine's own C library.
NO_NAME = "Name or service not known" if "asan" in AGENT.parts else "Name does not resolve"

LOCAL = "127.0.0.1:/Users"


@pytest.fixture
def serve(netns, tmp_path):
    servers = []

    def start(**more):
        servers.append(Server(netns, tmp_path, **more))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_a_server_that_is_right_is_ok_in_little_time(serve, probe):
    serve()
    outcome = probe(LOCAL, timeout_s=2)
    assert outcome.verdict == "ok", outcome.text
    assert outcome.took_s < 0.5
    assert list(outcome.steps) == ["resolve", "connect-rpcbind", "rpcbind-dump", "connect-nfs", "null-nfs",
                                   "connect-mountd", "null-mountd", "exports", "mnt", "getattr"]


def test_the_user_may_name_the_ports_where_rpcbind_is_not_reachable(serve, probe, netns):
    serve()
    netns.nft("tcp dport 111 drop")
    outcome = probe(LOCAL, more="options = port=2049,mountport=20048\n")
    assert outcome.verdict == "ok" and "rpcbind-dump" not in outcome.steps, outcome.text


@pytest.mark.parametrize("wanted, exported, near", [
    ("/users", "/Users", "/Users"),
    ("/Users/me", "/Users", None),
    ("/Users", "/Users/me", "/Users/me"),
    ("/Users", "/System/Volumes/Data/Users", "/System/Volumes/Data/Users"),
])
def test_a_path_like_an_exported_one_is_near(serve, probe, wanted, exported, near):
    serve(exports={exported: ""})
    outcome = probe(f"127.0.0.1:{wanted}", timeout_s=2)
    if near is None:  # this server serves folders below an export, or says that there is no such folder
        assert outcome.verdict in ("ok", "near-miss"), outcome.text
    else:
        assert outcome.verdict == "near-miss" and f"but {near} is" in outcome.cause, outcome.text


def test_a_path_that_is_not_exported_is_told_with_the_list_and_the_line_to_add(serve, probe):
    serve(exports={"/Volumes": "", "/opt": ""})
    outcome = probe(LOCAL, timeout_s=2)
    assert outcome.verdict == "not-exported", outcome.text
    assert "/Volumes" in outcome.cause and "/opt" in outcome.cause
    assert "add to /etc/exports: /Users -alldirs -mapall=501:20 localhost" in outcome.fix


def test_an_export_for_other_hosts_is_told_as_both_causes(serve, probe):
    """This server hides it from the list: it looks like one that is not exported, and the line says so."""
    serve(exports={"/Users": "Access_Type = NONE; CLIENT { Clients = 192.0.2.9; Access_Type = RO; }", "/opt": ""})
    outcome = probe(LOCAL, timeout_s=2)
    assert outcome.verdict in ("not-exported", "denied"), outcome.text
    assert "to other hosts only" in outcome.cause or "not for localhost" in outcome.cause


def test_a_server_that_wants_reserved_ports_is_auth_to_a_user_and_ok_to_root(serve, probe):
    serve(privileged=True)
    outcome = probe(LOCAL, timeout_s=2, user=NOBODY)
    assert outcome.verdict == "auth" and outcome.fix.startswith("set nfs.server.require_resv_port = 0 in"), outcome.text
    assert probe(LOCAL, timeout_s=2).verdict == "ok"


def test_rpcbind_alone_is_no_nfs(netns, probe, tmp_path):
    server = Server(netns, tmp_path)
    server.rpcbind = netns.daemon(["rpcbind", "-f", "-w"], tmp_path / "rpcbind.log")
    try:
        proc.until("rpcbind listens", lambda: server.answers(100000, 2, 111), 10)
        outcome = probe(LOCAL)
        assert outcome.verdict == "no-nfs" and "checkexports" in outcome.fix, outcome.text
    finally:
        server.stop()


def test_stale_registrations_of_a_server_that_died_are_no_nfs(serve, probe):
    serve().stop_nfs()
    outcome = probe(LOCAL)
    assert outcome.verdict == "no-nfs" and "refuses the port that rpcbind names for NFS" in outcome.cause, outcome.text


def test_a_server_that_is_stopped_dead_is_unreachable_within_the_deadline(serve, probe):
    server = serve()
    server.pause()
    try:
        outcome = probe(LOCAL, timeout_s=1)
        assert outcome.verdict == "unreachable" and outcome.steps["null-nfs"]["state"] == "no-answer", outcome.text
        assert outcome.took_s >= 1
    finally:
        server.resume()


def test_nothing_that_listens_is_refused_at_once(probe):
    outcome = probe(LOCAL)
    assert outcome.verdict == "refused" and outcome.took_s < 0.5
    assert "sudo nfsd enable" in outcome.fix


def test_no_route_is_told_at_once(probe):
    outcome = probe("198.51.100.1:/Users")
    assert outcome.verdict == "no-route" and outcome.took_s < 0.5


def test_no_default_route_is_no_route(probe):
    assert probe("gateway:/Users").verdict == "no-route"


def test_the_gateway_is_that_of_the_default_route(netns, probe):
    """Nobody is at the other end of the wire: an address was taken, and it does not answer."""
    netns.tap()
    netns.run("ip", "route", "add", "default", "via", "192.168.65.9")
    outcome = probe("gateway:/Users", timeout_s=0.5)
    assert outcome.verdict == "unreachable" and outcome.steps["resolve"]["state"] == "ok", outcome.text


def test_a_name_that_does_not_exist_is_a_setting_with_its_place(netns, probe, tmp_path):
    """The resolver answers: NXDOMAIN for everything."""
    def answer():
        while True:
            question, peer = server.recvfrom(512)
            server.sendto(question[:2] + b"\x81\x83" + question[4:], peer)

    server = netns.socket(socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=answer, daemon=True).start()
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    netns.run("mount", "--bind", tmp_path / "resolv.conf", "/etc/resolv.conf")
    outcome = probe("mac.invalid:/Users", timeout_s=2)
    assert (outcome.verdict, outcome.cause) == \
        ("no-route", f"the name mac.invalid (the command line) does not exist: {NO_NAME}"), outcome.text
    outcome = probe(timeout_s=2, what=None, more="server = mac.invalid\n")
    assert outcome.cause == f"the name mac.invalid (usermount.conf line 2 column 1) does not exist: {NO_NAME}", outcome.text
    assert outcome.fix == "set server to a name or address that exists; Docker for Mac's is 192.168.65.1"


def test_a_name_without_a_resolver_is_no_route(netns, probe):
    netns.run("sh", "-c", "mount --bind /dev/null /etc/resolv.conf")
    outcome = probe("mac.invalid:/Users", timeout_s=1)
    assert outcome.verdict == "no-route" and "mac.invalid" in outcome.cause, outcome.text


@pytest.mark.parametrize("rules", [["tcp dport 111 drop", "tcp dport 2049 drop"], ["tcp dport 20048 drop"],
                                   ["tcp dport 2049 drop"]], ids=" ".join)
def test_a_firewall_that_drops_is_unreachable_within_the_deadline(serve, probe, netns, rules):
    serve()
    netns.nft(*rules)
    outcome = probe(LOCAL, timeout_s=1)
    assert outcome.verdict == "unreachable" and "firewall" in outcome.fix, outcome.text


def test_a_firewall_that_hides_rpcbind_alone_is_no_mountd(serve, probe, netns):
    serve()
    netns.nft("tcp dport 111 drop")
    outcome = probe(LOCAL, timeout_s=1)
    assert outcome.verdict == "no-mountd" and "rpcbind (port 111)" in outcome.cause, outcome.text


def test_a_firewall_that_rejects_is_refused(serve, probe, netns):
    serve()
    netns.nft("tcp dport 111 reject with tcp reset", "tcp dport 2049 reject with tcp reset")
    assert probe(LOCAL).verdict == "refused"


def test_ipv6_is_spoken(probe, netns):
    netns.run("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6")
    assert probe("[::1]:/Users").verdict == "refused"
