# SPDX-License-Identifier: MIT
"""What may be on /Users already: osxfs's stand-in before and after, a file, a symlink; and a /var that cannot be written."""

import proc
import pytest


def first_failure(lab, guest):
    return next(line for line in lab.log(guest) if line.get("event") == "failed")


def test_osxfs_on_users_is_a_conflict_and_is_left_alone(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(wait=3), append="guest.osxfs=/Users")
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "fuse.osxfs"
    assert record.sees == ["/Users", "/Users/from-osxfs"]
    line = lab.wait_log(guest, 5, verdict="conflict")
    assert "fuse.osxfs" in line["line"] and "File Sharing" in line["fix"]


def test_osxfs_on_users_is_mounted_over_when_that_is_asked_for(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(conflict="over"), append="guest.osxfs=/Users")
    record = lab.docker_start(guest)
    assert [kind for _, kind in lab.mounts(guest)] == ["fuse.osxfs", "nfs"]
    assert record.sees == lab.exported()


def test_osxfs_after_the_mount_gives_up_itself_and_the_mount_stays(lab):
    """Why the service is after transfused: whoever mounts first costs the other its shares."""
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    text, code = guest.sh("/usr/lib/guest/osxfs /Users")
    assert code == 1 and "gives up all shares" in text
    assert [kind for _, kind in lab.mounts(guest)] == ["nfs"]


def test_the_service_starts_after_transfused_has_wiped_tmp_and_before_containerd(lab):
    lab.server.start()
    record = lab.docker_start(lab.boot(lab.packed()))
    place = record.services.index
    assert place("transfused") < place("usermount") < place("containerd")


@pytest.mark.parametrize("kind", ["file", "symlink", "dangling"])
def test_a_target_that_is_no_directory_is_named_and_left_alone(lab, kind):
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2), append=f"guest.users={kind}")
    before = guest.must("ls -ld /Users")
    record = lab.docker_start(guest)
    assert "nfs" not in [line.split()[2] for line in record.mounts]
    line = first_failure(lab, guest)
    assert line["verdict"] == "target" and "/Users" in line["cause"]
    assert guest.must("ls -ld /Users") == before


@pytest.mark.parametrize("var", ["ro", "full"])
def test_a_var_that_cannot_be_written_does_not_stop_the_mount(lab, var):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1), append=f"guest.var={var}")
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"
    assert guest.sh("echo 12345678901234567890 > /var/log/proof && sync && test -s /var/log/proof")[1] != 0
    make_room = "mount -o remount,rw /var" if var == "ro" else "rm /var/lib/filler"
    guest.must(make_room)
    # The lines that could not be written are kept and written later.
    lab.server.stop_nfs()
    proc.until("the log can be written again", lambda: [x for x in lab.log(guest) if x.get("event") == "down"], 30, every=0.2)
    assert [line for line in lab.log(guest) if line.get("event") == "up"]


def test_a_kernel_without_nfs_is_named(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2), append="guest.modules=none")
    lab.docker_start(guest)
    assert first_failure(lab, guest)["verdict"] == "no-kernel-nfs"
