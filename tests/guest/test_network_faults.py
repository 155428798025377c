# SPDX-License-Identifier: MIT
"""Bad networks between the guest and the Mac, and Docker for Mac's own: from localhost, with unprivileged ports."""

import proc

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
    guest = lab.boot(lab.packed(wait=40), append="guest.net=late guest.late=8")
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
    lab.netns.nft("oifname tap0 meta length > 700 drop", hook="output")
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
    lab.netns.nft("iifname tap0 numgen random mod 100 < 2 drop")
    lab.netns.nft("oifname tap0 numgen random mod 100 < 2 drop", hook="output")
    guest = lab.boot(lab.packed(wait=40))
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"


def test_udp_is_not_needed(lab):
    lab.server.start()
    lab.netns.nft("iifname tap0 meta l4proto udp drop")
    record = lab.docker_start(lab.boot(lab.packed()))
    assert record.sees == lab.exported()
