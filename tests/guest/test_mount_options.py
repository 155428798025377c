# SPDX-License-Identifier: MIT
"""Mount options in a real kernel: what it refuses, what somebody else's mount has, and what takes effect."""

import proc
import pytest

from test_agent_faults import booted

BY_HAND = "vers=3,proto=tcp,mountproto=tcp,port=2049,mountport=20048,nolock,noacl,addr=192.168.65.1"


@pytest.mark.parametrize("options, cause", [
    ("frobnicate", "the kernel refuses the mount option frobnicate"),
    ("nosuid,frobnicate,soft", "the kernel refuses the mount option frobnicate"),
    ("frobnicate,quux=1", "the kernel refuses the mount options, and no single one is at fault: frobnicate,quux=1"),
], ids=["alone", "among others", "two"])
def test_an_option_that_the_kernel_refuses_is_named_and_nothing_stays_mounted(lab, options, cause):
    lab.server.start()
    guest = lab.boot(lab.packed(options=options, wait=0))
    lab.docker_start(guest)
    line = lab.wait_log(guest, 10, event="failed", verdict="bad-option")
    assert line["cause"] == cause
    assert lab.mounts(guest) == []


@pytest.mark.parametrize("more, said", [("ro", "ro"), ("soft", "soft"), ("nosuid,nodev", "nosuid")])
def test_a_mount_of_somebody_else_with_other_options_is_not_taken_for_ours(lab, more, said):
    guest = booted(lab, wait=5)
    guest.must("/usr/sbin/usermount stop")
    guest.must(f"mount -t nfs -o {BY_HAND},{more} 192.168.65.1:/Users /Users")
    assert said in guest.must("grep ' /Users nfs' /proc/mounts")
    before = lab.mounts(guest)
    guest.sh("/usr/sbin/usermount start")
    line = lab.wait_log(guest, 10, verdict="conflict")
    assert line["cause"] == ("another file system is on /Users: nfs 192.168.65.1:/Users with options that differ "
                             "from the settings")
    assert lab.mounts(guest) == before


def test_a_mount_of_an_earlier_daemons_is_kept_though_the_settings_have_changed(lab):
    guest = booted(lab)
    before = lab.mounts(guest)
    guest.must("kill -9 $(cat /run/usermount/pid)")
    guest.must("echo 'options = ro' >>/etc/usermount.conf; /usr/sbin/usermount start")
    lab.wait_log(guest, 10, event="adopted", verdict="adopted")
    assert lab.mounts(guest) == before
    guest.must("/usr/sbin/usermount stop")
    assert lab.mounts(guest) == []
    guest.must("/usr/sbin/usermount start")
    proc.until("it is mounted with the new options", lambda: " ro," in guest.sh("grep ' /Users nfs' /proc/mounts")[0], 10)


def test_relatime_takes_the_place_of_the_built_in_noatime(lab):
    guest = booted(lab, options="relatime")
    assert "relatime" in guest.must("grep ' /Users nfs' /proc/mounts")


def test_the_gateway_has_one_name_in_the_log_and_in_status(lab):
    guest = booted(lab, server="gateway")
    up = lab.wait_log(guest, 10, event="up")
    text, code = guest.sh("/usr/sbin/usermount status --porcelain")
    assert code == 0 and up["source"] == "192.168.65.1:/Users" and "source=192.168.65.1:/Users" in text.split()
