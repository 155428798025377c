# SPDX-License-Identifier: MIT
"""The Linux kernel's nfsd as the Mac's server, in a second user-mode-linux: a second opinion on what servers do."""

import proc
import pytest
from reader import Reader


@pytest.fixture
def kernel_lab(lab_in):
    return lambda **server: lab_in(kernel=True, **server)


def test_users_is_mounted_from_the_kernels_nfsd_before_docker_starts(kernel_lab):
    lab = kernel_lab()
    lab.server.start()
    guest = lab.boot(lab.packed())
    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"
    assert record.sees == lab.exported()
    # Everybody is 501:20, as on the Mac.
    assert guest.must("echo x >/Users/me/written && stat -c %u:%g /Users/me/written").strip() == "501:20"


def test_the_kernels_nfsd_without_the_export_is_told_as_not_exported_until_it_has_it(kernel_lab):
    lab = kernel_lab(exports={"/Other": ""})
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2))
    assert lab.docker_start(guest).mount_of("/Users") is None
    failed = [line for line in lab.log(guest) if line.get("event") == "failed"]
    assert {line["verdict"] for line in failed} == {"not-exported"} and "/Other" in failed[0]["line"]
    lab.server.reconfigure({"/Users": "", "/Other": ""})
    lab.wait_mounted(guest, 20)
    lab.wait_log(guest, 5, event="up", verdict="ok")


def test_an_export_of_the_kernels_nfsd_for_other_hosts_is_told_as_denied(kernel_lab):
    lab = kernel_lab(exports={"/Users": "203.0.113.9"})
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2))
    lab.docker_start(guest)
    assert {line["verdict"] for line in lab.log(guest) if line.get("event") == "failed"} == {"denied"}


def test_a_server_that_is_rebooted_under_load_makes_readers_wait_and_fails_none(kernel_lab):
    lab = kernel_lab()
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    reader = Reader(guest, 30)

    lab.server.stop()
    lab.wait_log(guest, 30, event="down")
    lab.server.start()
    # The kernel asks a silent server at doubling intervals; the longest is about as long as the server was away.
    lab.wait_log(guest, 90, event="back")

    reader.goes_on(90)
    assert lab.mounts(guest) == before, "a mount that only waited was made anew"


def test_an_export_of_the_kernels_nfsd_made_anew_is_mounted_anew(kernel_lab):
    lab = kernel_lab()
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    lab.server.recreate()
    proc.until("the new export is there", lambda: guest.sh("timeout 2 cat /Users/new")[0] == "new\n", 40)
    lab.wait_log(guest, 5, event="stale", verdict="stale")
    after = lab.mounts(guest)
    assert [kind for _, kind in after] == ["nfs"] and after != before
