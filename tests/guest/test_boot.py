# SPDX-License-Identifier: MIT
"""The main job: /Users is there before docker starts, in both lanes, at every boot; and a dead server holds it only so long."""

import re

import logs
import proc
import pytest

SPEC_OPTIONS = {"noacl", "nolock", "noatime", "proto=tcp", "vers=3"}


def shows_users_mounted_before(record, log, lab):
    """The assertions on one boot: its record of docker's start, and its lines of the log."""
    mount = record.mount_of("/Users")
    assert mount, "nothing was on /Users when docker started"
    assert (mount["source"], mount["type"]) == ("192.168.65.1:/Users", "nfs")
    assert SPEC_OPTIONS <= set(mount["options"]), f"missing: {SPEC_OPTIONS - set(mount['options'])}"
    assert "usermount" in record.services, "OpenRC had not started usermount before docker"
    assert record.sees == lab.exported()
    up = [line for line in log if line.get("mount") == "/Users" and line.get("event") == "up"]
    assert [line["verdict"] for line in up] == ["ok"]
    assert logs.moment(up[0]["ts"]) <= logs.moment(record.utc)


@pytest.mark.parametrize("lane", ["uml", "qemu"])
def test_users_is_mounted_before_docker_starts_at_every_boot_and_the_log_lasts(lab_in, lane):
    lab = lab_in(lane)
    lab.server.start()
    image, disk = lab.packed(), lab.disk()

    first = lab.boot(image, disk)
    record = lab.docker_start(first)
    shows_users_mounted_before(record, lab.log(first), lab)
    assert " * Starting usermount ... [ ok ]\n *   /Users is mounted from 192.168.65.1:/Users\n" in first.console
    text, code = first.sh("rc-service usermount status")
    assert code == 0 and re.match(r"TARGET +STATE +VERDICT .*\n/Users +up +ok .* 192\.168\.65\.1:/Users\n  cache: plain\n$", text), text
    first.powerdown()
    kept = disk.read("/var/log/usermount.log")

    second = lab.boot(image, disk)
    record = lab.docker_start(second)
    text = second.must("cat /var/log/usermount.log")
    assert text.startswith(kept), "the second boot did not append to the first one's log"
    log = logs.usermount(text[len(kept):])
    shows_users_mounted_before(record, log, lab)
    boots = {line["boot"] for line in logs.usermount(kept)} | {line["boot"] for line in log}
    assert len(boots) == 2, f"the log names these boots: {boots}"


def test_a_dead_server_holds_docker_for_wait_seconds_and_the_mount_comes_when_the_server_does(lab):
    guest = lab.boot(lab.packed(wait=5))
    record = lab.docker_start(guest)
    log = lab.log(guest)
    assert 4.9 <= lab.held(record, log) <= 6
    assert record.mount_of("/Users") is None

    failed = [line for line in log if line.get("verdict") == "refused"]
    assert failed, f"no line says why: {[line['line'] for line in log]}"
    assert "nfsd" in failed[0]["line"]
    why = re.search(r"^ \*   /Users is not mounted \(refused\): .*$", guest.console, re.M)[0]
    assert why.endswith("; NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start")
    text, code = guest.sh("rc-service usermount status")
    assert code == 1 and "\n  to do: NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start\n" in text

    lab.server.start()
    proc.until("/Users is mounted", lambda: guest.sh("grep -q ' /Users nfs ' /proc/mounts")[1] == 0, 10)
    assert guest.must("cat /Users/me/project/composer.json") == '{"name": "me/project"}\n'
    lab.wait_log(guest, 5, mount="/Users", event="up", verdict="ok")


def test_a_guest_with_rpcbind_starts_it_first(lab):
    lab.server.start()
    guest = lab.boot(lab.packed("moby-1.13-rpcbind"))
    record = lab.docker_start(guest)
    shows_users_mounted_before(record, lab.log(guest), lab)
    assert record.services.index("rpcbind") < record.services.index("usermount")
    assert guest.must("pidof rpcbind")
