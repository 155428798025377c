# SPDX-License-Identifier: MIT
"""How far the kernel reads ahead in the mount: raised where a newer kernel has made it small, never lowered."""

DEVICE = "$(awk '$5 == \"/Users\" { print $3 }' /proc/self/mountinfo)"
READ = f"cat /sys/class/bdi/{DEVICE}/read_ahead_kb"


def restart(guest, before=""):
    guest.must(f"/usr/sbin/usermount stop; {before} /usr/sbin/usermount start")
    return int(guest.must(READ))


def test_read_ahead_is_raised_and_never_lowered(lab):
    lab.server.start()
    guest = lab.boot(lab.packed())
    lab.docker_start(guest)
    assert int(guest.must(READ)) == 1024

    # A second mount of the same export shares the kernel's file system, and so keeps what was set while /Users is away.
    guest.must("mkdir /second && mount --bind /Users /second")
    assert restart(guest, "echo 15360 > /sys/class/bdi/$(awk '$5 == \"/second\" { print $3 }' /proc/self/mountinfo)/read_ahead_kb;") == 15360
    assert restart(guest, "echo 128 > /sys/class/bdi/$(awk '$5 == \"/second\" { print $3 }' /proc/self/mountinfo)/read_ahead_kb;") == 1024


def test_without_sysfs_the_mount_comes_all_the_same(lab):
    lab.server.start()
    guest = lab.boot(lab.packed())
    lab.docker_start(guest)
    guest.must("/usr/sbin/usermount stop; while umount -l /sys 2>/dev/null; do :; done; ! test -e /sys/class && "
               "/usr/sbin/usermount start && mount -t sysfs sysfs /sys")
    assert [kind for _, kind in lab.mounts(guest)] == ["nfs"]
