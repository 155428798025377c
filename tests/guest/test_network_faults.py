# SPDX-License-Identifier: MIT
"""Bad networks between the guest and the Mac, and Docker for Mac's own: from localhost, with unprivileged ports."""

import time

import logs
import proc
import pytest

PORTS = "{ 111, 2049, 20048 }"


def test_requests_that_arrive_from_localhost_and_unprivileged_ports_are_enough(relayed):
    lab, relay = relayed()
    lab.server.start()
    record = lab.docker_start(lab.boot(lab.packed()))
    assert record.sees == lab.exported()
    assert relay.sources and min(relay.sources) > 1023, "nothing went through the relay"


def test_a_server_that_wants_privileged_ports_is_named_with_what_to_set(relayed):
    lab, _ = relayed(privileged=True)
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2))
    record = lab.docker_start(guest)
    assert record.mount_of("/Users") is None
    line = next(line for line in lab.log(guest) if line.get("event") == "failed")
    assert line["verdict"] in ("auth", "denied")
    assert "require_resv_port = 0" in line["fix"]


def test_dropped_packets_hold_docker_for_wait_seconds_and_are_told_from_a_server_that_is_down(lab):
    lab.server.start()
    lab.netns.nft(f"iifname tap0 tcp dport {PORTS} drop")
    guest = lab.boot(lab.packed(wait=5))
    record = lab.docker_start(guest)
    log = lab.log(guest)
    assert 4.9 <= lab.held(record, log) <= 6
    assert {line["verdict"] for line in log if line.get("event") == "failed"} == {"unreachable"}
    lab.netns.nft_clear()
    lab.wait_mounted(guest, 15)


def test_a_link_that_is_down_for_a_while_loses_no_mount(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1, probe_timeout=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    lab.netns.run("ip", "link", "set", "tap0", "down")
    lab.wait_log(guest, 30, event="down")
    lab.netns.run("ip", "link", "set", "tap0", "up")
    lab.wait_log(guest, 30, event="back")
    assert guest.must("cat /Users/me/project/composer.json", timeout=60)
    assert lab.mounts(guest) == before


def test_an_address_that_comes_late_is_waited_for(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(wait=40), append="guest.net=late guest.late=15")
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"
    failed = [line["verdict"] for line in lab.log(guest) if line.get("event") == "failed"]
    assert failed and set(failed) == {"no-route"}


def test_no_network_at_all_holds_docker_for_wait_seconds_only(lab):
    guest = lab.boot(lab.packed(wait=3), append="guest.net=none")
    record = lab.docker_start(guest)
    log = lab.log(guest)
    assert 2.9 <= lab.held(record, log) <= 4
    assert {line["verdict"] for line in log if line.get("event") == "failed"} == {"no-route"}


def test_a_network_that_loses_large_packets_is_not_called_up_but_stalled(lab):
    lab.server.start()
    # What a tunnel does whose ends do not know its MTU: nothing larger passes, and no ICMP tells so.
    lab.netns.nft("iifname tap0 meta length > 700 drop", "iifname tap0 meta l4proto icmp drop")
    lab.netns.nft("oifname tap0 meta length > 700 drop", "oifname tap0 meta l4proto icmp drop", hook="output")
    guest = lab.boot(lab.packed(wait=8))
    record = lab.docker_start(guest)
    assert not [line for line in lab.log(guest) if line.get("event") == "up"]
    assert lab.wait_log(guest, 30, event="failed", verdict="stalled")
    assert record.uptime
    lab.netns.nft_clear()
    proc.until("/Users is up", lambda: [l for l in lab.log(guest) if l.get("event") == "up"], 60, every=0.2)
    assert guest.must("wc -c < /Users/me/project/dump.sql", timeout=60).strip() == "260000"


def test_a_lossy_network_mounts_all_the_same(lab):
    lab.server.start()
    lab.netns.lose(2)
    guest = lab.boot(lab.packed(wait=40))
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"


def test_a_slow_and_lossy_way_mounts_before_docker_and_every_byte_arrives(relayed):
    """50 ms each way and one packet of a hundred lost."""
    lab, relay = relayed(delay_s=0.05)
    lab.server.start()
    lab.netns.lose(1)
    guest = lab.boot(lab.packed(wait=40))
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"
    up = lab.wait_log(guest, 1, event="up")
    # Seven calls or more, each there and back: a mount that took less did not go this way.
    assert logs.moment(up["ts"]) - logs.moment(lab.log(guest)[0]["ts"]) > 0.7 and relay.sources
    wanted = proc.run(["md5sum", lab.server.users / "me/project/dump.sql"]).split()[0]

    def read_until_lost():
        words = "echo 3 >/proc/sys/vm/drop_caches; md5sum /Users/me/project/dump.sql"
        assert guest.must(words, timeout=120).split()[0] == wanted
        return all(lab.netns.lost())
    proc.until("a packet was lost each way", read_until_lost, 120)


@pytest.mark.parametrize("idle_s", [10, pytest.param(300, marks=pytest.mark.long)])
def test_a_flow_that_was_idle_and_is_forgotten_costs_no_mount(relayed, idle_s):
    """vpnkit forgets a TCP flow after 300 s without a packet, and tells nobody. Without a watch the mount is idle."""
    lab, relay = relayed(idle_s=idle_s)
    lab.server.start()
    guest = lab.boot(lab.packed(watch=0))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    proc.until("the mount's flow is forgotten", lambda: 2049 in relay.forgotten, idle_s + 60, every=0.5)
    began, seen = time.monotonic(), len(relay.sources)
    assert guest.must("cat /Users/me/project/vendor/package00/src/Class00.php", timeout=60)
    assert time.monotonic() - began < 20 and len(relay.sources) > seen, "no new connection"
    assert lab.mounts(guest) == before


def test_the_watch_keeps_the_flow_of_a_mount_that_nobody_uses(relayed):
    lab, relay = relayed(idle_s=10)
    lab.server.start()
    guest = lab.boot(lab.packed())  # watch is 5 s
    lab.docker_start(guest)
    lab.wait_log(guest, 5, event="up")
    before = relay.forgotten.count(2049)
    time.sleep(25)  # the idleness itself
    assert guest.must("cat /Users/me/project/composer.json", timeout=20)
    assert relay.forgotten.count(2049) == before
    assert not [line for line in lab.log(guest) if line.get("event") in ("down", "back")]


def test_connections_that_are_reset_are_told_as_refused_at_boot_and_heal_later(lab):
    lab.server.start()
    lab.netns.nft(f"iifname tap0 tcp dport {PORTS} reject with tcp reset")
    guest = lab.boot(lab.packed(wait=3, watch=1))
    record = lab.docker_start(guest)
    assert record.mount_of("/Users") is None
    assert {line["verdict"] for line in lab.log(guest) if line.get("event") == "failed"} == {"refused"}
    lab.netns.nft_clear()
    lab.wait_mounted(guest, 15)

    lab.wait_log(guest, 5, event="up")
    lab.hold(guest)
    before = lab.mounts(guest)
    lab.netns.nft(f"iifname tap0 tcp dport {PORTS} reject with tcp reset")
    lab.wait_log(guest, 30, event="down")
    lab.netns.nft_clear()
    lab.wait_log(guest, 30, event="back")
    assert guest.must("cat /Users/me/project/composer.json", timeout=30)
    assert lab.mounts(guest) == before


def test_an_address_by_dhcp_as_docker_for_mac_gives_it(lab):
    lab.server.start()
    lab.dhcp()
    guest = lab.boot(lab.packed(), append="guest.net=dhcp")
    assert lab.docker_start(guest).sees == lab.exported()
    assert "inet addr:192.168.65.2 " in guest.must("ifconfig eth0")


def test_udp_is_not_needed(lab):
    lab.server.start()
    lab.netns.nft("iifname tap0 meta l4proto udp drop")
    record = lab.docker_start(lab.boot(lab.packed()))
    assert record.sees == lab.exported()
