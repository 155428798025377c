# SPDX-License-Identifier: MIT
"""The server comes to another address: found through the default route, or through a name in /etc/hosts."""

import pytest

OLD, NEW = "192.168.65.1", "192.168.65.9"

# What `server` says, how the guest first learns the address, and how it learns the new one.
WAYS = {
    "gateway": ("true", f"route del default; route add default gw {NEW}"),
    "mac": (f"echo '{OLD} mac' >>/etc/hosts", f"sed -i 's/^{OLD} mac/{NEW} mac/' /etc/hosts"),
}


def move(lab):
    lab.netns.run("ip", "addr", "del", f"{OLD}/24", "dev", "tap0")
    lab.netns.run("ip", "addr", "add", f"{NEW}/24", "dev", "tap0")


@pytest.mark.parametrize("server", WAYS)
def test_a_server_that_moves_before_it_is_mounted_is_found_by(lab, server):
    first, then = WAYS[server]
    guest = lab.boot(lab.packed(server=server, wait=60))
    lab.wait_log(guest, 60, event="start")
    guest.must(first)
    lab.wait_log(guest, 20, event="failed", verdict="refused")
    move(lab)
    guest.must(then)
    lab.server.start()
    record = lab.docker_start(guest)
    assert record.sees == lab.exported()
    assert f"addr={NEW}" in record.mount_of("/Users")["options"]


@pytest.mark.parametrize("server", WAYS)
def test_a_server_that_moves_under_a_mount_is_told_and_a_restart_mounts_it_at_its_new_place(lab, server):
    first, then = WAYS[server]
    lab.server.start()
    guest = lab.boot(lab.packed(server=server, watch=1, wait=60))
    lab.wait_log(guest, 60, event="start")
    guest.must(first)
    lab.docker_start(guest)
    assert f"addr={OLD}" in guest.must("grep ' /Users nfs' /proc/mounts")
    move(lab)
    lab.wait_log(guest, 30, event="down")
    assert guest.sh("/usr/sbin/usermount status")[1] == 1
    guest.must(then)
    guest.must("rc-service usermount restart", timeout=60)
    assert f"addr={NEW}" in guest.must("grep ' /Users nfs' /proc/mounts")
    assert guest.must("cat /Users/me/project/composer.json")
