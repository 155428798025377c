# SPDX-License-Identifier: MIT
"""The Mac's server comes late, dies, loses its exports and makes them anew: what the guest does, and what its log says."""

import shutil
import threading
import time

import logs
import proc
import pytest
from reader import Reader


@pytest.mark.parametrize("delay", [0.1, 1, 5, 20])
def test_a_server_that_comes_late_is_mounted_as_soon_as_it_answers_and_docker_waits_for_it(lab, delay):
    guest = lab.boot(lab.packed(wait=60))
    lab.wait_log(guest, 60, event="start")
    time.sleep(delay)  # the fault itself, not a wait for something
    lab.server.start()
    answered = time.time()

    record = lab.docker_start(guest)
    assert record.mount_of("/Users")["type"] == "nfs"
    assert record.sees == lab.exported()
    up = lab.wait_log(guest, 5, event="up")
    # retry_max is 2 s and an attempt takes 0.1; the bench measures how much better it is.
    assert logs.moment(up["ts"]) - answered < 3


def test_a_server_killed_under_load_makes_readers_wait_and_fails_none(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    reader = Reader(guest, 20)

    lab.server.stop_nfs()
    lab.wait_log(guest, 20, event="down", verdict="down")
    lab.server.start()
    lab.wait_log(guest, 20, event="back")

    reader.goes_on(60)
    assert lab.mounts(guest) == before, "a mount that only waited was made anew"


def test_an_export_that_is_removed_and_added_again_comes_back(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    lab.wait_log(guest, 5, event="up")

    lab.server.reconfigure({"/Other": ""})
    lab.wait_log(guest, 30, verdict="not-exported")
    lab.server.reconfigure({"/Users": ""})

    def readable():
        return guest.sh("timeout 2 cat /Users/me/project/composer.json")[1] == 0
    proc.until("/Users is readable again", readable, 30)
    assert [kind for _, kind in lab.mounts(guest)] == ["nfs"]


def test_an_export_made_anew_is_mounted_anew_as_its_old_handle_is_dead(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)

    lab.server.stop_nfs()
    shutil.rmtree(lab.server.users)
    lab.server.users.mkdir()
    (lab.server.users / "new").write_text("new\n")
    lab.server.start()

    proc.until("the new export is there", lambda: guest.sh("timeout 2 cat /Users/new")[0] == "new\n", 40)
    lab.wait_log(guest, 5, event="stale", verdict="stale")
    after = lab.mounts(guest)
    assert [kind for _, kind in after] == ["nfs"] and after != before


def test_an_export_for_other_hosts_is_told_from_a_server_that_is_down(lab_in):
    lab = lab_in(exports={"/Users": "CLIENT { Clients = 203.0.113.9; } Access_Type = NONE;", "/Open": ""})
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2))
    lab.docker_start(guest)
    # nfs-ganesha hides an export from a client it denies, so that not-exported and denied look the same; the line names both.
    line = next(line for line in lab.log(guest) if line.get("event") == "failed")
    assert line["verdict"] in ("not-exported", "denied")
    assert "other hosts" in line["cause"] or "localhost" in line["cause"]
    assert "/etc/exports" in line["fix"] or "localhost" in line["fix"]


def test_an_export_in_other_case_is_named_as_a_near_miss(lab_in):
    lab = lab_in(exports={"/users": ""})
    lab.server.start()
    guest = lab.boot(lab.packed(wait=2))
    lab.docker_start(guest)
    line = next(line for line in lab.log(guest) if line.get("event") == "failed")
    assert line["verdict"] == "near-miss"
    assert "/users" in line["cause"]


def test_a_server_with_nfs_on_another_port_is_mounted_with_what_the_probe_finds(lab_in):
    lab = lab_in(nfs_port=3049)
    lab.server.start()
    guest = lab.boot(lab.packed())
    assert lab.docker_start(guest).sees == lab.exported()
    up = lab.wait_log(guest, 1, event="up")
    assert up["attempts"] == "1"
    assert "port=3049" in guest.must("grep ' /Users nfs' /proc/mounts")


def test_a_server_that_hangs_is_waited_for_and_its_mount_kept(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1, probe_timeout=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    lab.server.pause()
    resume = threading.Timer(30, lab.server.resume)  # a failure must not leave it stopped
    resume.start()
    try:
        lab.wait_log(guest, 25, event="down")
    finally:
        resume.cancel()
        lab.server.resume()
    lab.wait_log(guest, 20, event="back")
    assert guest.must("cat /Users/me/project/composer.json", timeout=20)
    assert lab.mounts(guest) == before
