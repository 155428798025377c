# SPDX-License-Identifier: MIT
"""What other programs take for granted in a system may be missing: the mount comes all the same."""

import pytest

# What is lacking: how it is taken away, and how it is brought back where the test's own tools need it.
LACKS = {
    "nothing": ("true", "true"),
    "rpcbind, netconfig, services and resolv.conf":
        ("! pidof rpcbind && ! ls /etc/netconfig /etc/services /etc/resolv.conf 2>/dev/null", "true"),
    "passwd and group": ("mv /etc/passwd /etc/passwd.away && mv /etc/group /etc/group.away", "true"),
    "/usr": ("mv /usr /usr.away", "/bin/busybox mv /usr.away /usr"),
    "/var": ("umount -l /var && ! ls -d /var/log/docker-start 2>/dev/null", "true"),
}


@pytest.fixture
def guest(lab):
    lab.server.start()
    guest = lab.boot(lab.packed())
    lab.docker_start(guest)
    guest.must("cp /usr/sbin/usermount /run/agent && mount -o remount,exec /run")
    return guest


def test_the_mount_comes_in_a_guest_that_lacks_what_others_need(lab, guest):
    for lack, (take_away, bring_back) in LACKS.items():
        guest.must("/run/agent stop")
        assert lab.mounts(guest) == [], lack
        text, code = guest.sh(f"{{ {take_away}; }} || echo nothing was taken away; /run/agent start; code=$?; "
                              f"{bring_back}; exit $code")
        assert code == 0 and "is mounted from" in text, f"without {lack}: {text}"
        assert "nothing was taken away" not in text, lack
        assert [kind for _, kind in lab.mounts(guest)] == ["nfs"], lack


def test_the_mount_comes_on_a_read_only_root(lab, guest):
    guest.must("/run/agent stop")
    # A view of the root without its writers, which would not let it be made read-only.
    guest.must("mkdir /ro && mount --rbind / /ro && mount -o remount,bind,ro /ro && ! touch /ro/proof 2>/dev/null")
    guest.must("chroot /ro /run/agent start")
    assert guest.must("cat /ro/Users/me/project/composer.json")
    guest.must("chroot /ro /run/agent stop")
    assert guest.sh("grep -q ' /ro/Users nfs ' /proc/mounts")[1] != 0
