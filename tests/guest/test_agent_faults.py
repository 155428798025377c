# SPDX-License-Identifier: MIT
"""The agent itself: killed, started twice, stopped, the whole guest paused, and 32 mounts at a time."""

import time

import logs
import proc
import pytest

PID = "/run/usermount/pid"


def booted(lab, **settings):
    lab.server.start()
    guest = lab.boot(lab.packed(**settings))
    lab.docker_start(guest)
    return guest


def test_an_agent_that_was_killed_keeps_its_mount_when_it_is_started_again(lab):
    guest = booted(lab, watch=1)
    lab.hold(guest)
    before = lab.mounts(guest)
    guest.must(f"kill -9 $(cat {PID})")
    assert guest.must("cat /Users/me/project/composer.json")
    guest.must("/usr/sbin/usermount start")
    guest.must("/usr/sbin/usermount status")
    assert lab.mounts(guest) == before
    # And it watches again.
    lab.server.stop_nfs()
    lab.wait_log(guest, 30, event="down")


def test_after_a_kill_the_service_is_crashed_and_starts_again(lab):
    """OpenRC holds it for started, and would do nothing."""
    guest = booted(lab, watch=1)
    lab.hold(guest)
    before = lab.mounts(guest)
    guest.must("rc-service usermount status")
    guest.must(f"kill -9 $(cat {PID})")
    text, code = guest.sh("rc-service usermount status")
    assert code == 32 and "usermount: not running" in text and "status: crashed" in text, (code, text)
    guest.must("rc-service usermount start")
    guest.must("/usr/sbin/usermount status && rc-service usermount status")
    assert lab.mounts(guest) == before
    # A daemon that somebody stopped beside OpenRC is as good as a crashed one.
    guest.must("/usr/sbin/usermount stop")
    text, code = guest.sh("rc-service usermount retry")
    assert code == 32 and "status: crashed" in text, (code, text)
    guest.must("rc-service usermount start && rc-service usermount status")
    assert [kind for _, kind in lab.mounts(guest)] == ["nfs"]


def test_a_mount_of_somebody_else_from_the_same_source_is_adopted_and_left_at_the_end(lab):
    guest = booted(lab)
    guest.must("/usr/sbin/usermount stop")
    options = "vers=3,proto=tcp,mountproto=tcp,port=2049,mountport=20048,nolock,noacl,addr=192.168.65.1"
    guest.must(f"mount -t nfs -o {options} 192.168.65.1:/Users /Users")
    before = lab.mounts(guest)
    guest.must("/usr/sbin/usermount start")
    lab.wait_log(guest, 10, event="adopted", verdict="adopted")
    assert lab.mounts(guest) == before
    guest.must("/usr/sbin/usermount stop")
    assert lab.mounts(guest) == before


def test_a_second_agent_changes_nothing_and_says_so(lab):
    guest = booted(lab)
    lab.hold(guest)
    before, pid = lab.mounts(guest), guest.must(f"cat {PID}")
    for verb in ("start", "run"):
        text, code = guest.sh(f"timeout 20 /usr/sbin/usermount {verb}")
        assert code not in (124, 143) and "already running" in text, f"{verb}: exit {code}: {text}"
    assert guest.must(f"cat {PID}") == pid
    assert lab.mounts(guest) == before
    guest.must("/usr/sbin/usermount status")


def test_stop_ends_the_agent_and_unmounts_and_start_brings_it_back(lab):
    guest = booted(lab)
    guest.must("rc-service usermount stop")
    assert lab.mounts(guest) == []
    assert guest.sh("/usr/sbin/usermount status")[1] == 3
    guest.must("rc-service usermount start")
    assert [kind for _, kind in lab.mounts(guest)] == ["nfs"]


def test_a_mount_that_somebody_unmounts_comes_back(lab):
    guest = booted(lab, watch=1)
    lab.unmount_idle(guest)
    lab.wait_mounted(guest, 10)
    assert lab.wait_log(guest, 5, event="gone")


@pytest.mark.parametrize("asleep_s, answer_s", [(15, 30), pytest.param(60, 60, marks=pytest.mark.long)])
def test_a_guest_that_was_paused_goes_on_where_it_was(lab, asleep_s, answer_s):
    """SIGSTOP to the virtual machine, the stand-in for the Mac's sleep."""
    guest = booted(lab, watch=5)
    lab.hold(guest)
    before = lab.mounts(guest)
    guest.pause()
    try:
        time.sleep(asleep_s)  # the fault itself
    finally:
        guest.resume()
    assert guest.must("cat /Users/me/project/composer.json", timeout=answer_s)
    guest.must("/usr/sbin/usermount wait 10")
    assert lab.mounts(guest) == before


def test_thirty_two_mounts_come_up_side_by_side(lab_in):
    names = [f"/e{number:02}" for number in range(32)]
    lab = lab_in(exports={name: "" for name in names})
    lab.server.start()
    for name in names:
        (lab.server.path(name) / "name").write_text(name)
    guest = lab.boot(lab.packed(mount=names))
    record = lab.docker_start(guest)
    assert [name for name in names if (record.mount_of(name) or {}).get("type") != "nfs"] == []
    assert guest.must("cat /e??/name") == "".join(names)
    log = lab.log(guest)
    ups = [logs.moment(line["ts"]) for line in log if line.get("event") == "up"]
    assert len(ups) == 32
    assert max(ups) - logs.moment(log[0]["ts"]) < 10


def test_one_dead_server_delays_no_other_mount(lab):
    lab.server.start()
    # 192.168.65.77 is on the wire, and nobody answers there.
    guest = lab.boot(lab.packed(mount=["192.168.65.77:/Users:/dead", "/Users"], wait=6))
    lab.docker_start(guest)
    up = lab.wait_log(guest, 5, mount="/Users", event="up")
    start = lab.log(guest)[0]
    assert logs.moment(up["ts"]) - logs.moment(start["ts"]) < 2
    assert lab.wait_log(guest, 5, mount="/dead", event="failed")


def test_disabled_it_says_so_and_does_nothing(lab):
    guest = booted(lab, enable="no")
    assert lab.mounts(guest) == []
    assert "enable" in proc.until("the log", lambda: lab.log(guest), 5)[-1]["line"]
