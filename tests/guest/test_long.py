# SPDX-License-Identifier: MIT
"""What takes ten minutes and rarely fails; `pytest -m soak` (make soak) runs it, and nothing else does."""

import time
from concurrent.futures import ThreadPoolExecutor

import proc
import pytest

pytestmark = pytest.mark.soak


def boots_that_failed(lab, count):
    """Boots one guest after the other from the same ramdisk and disk; each must see the files before docker starts."""
    lab.server.start()
    image, disk, failures = lab.packed(), lab.disk(), []
    for number in range(count):
        guest = lab.boot(image, disk)
        record = lab.docker_start(guest)
        mount = record.mount_of("/Users")
        if not mount or mount["type"] != "nfs" or record.sees != lab.exported():
            failures.append((number, mount, len(record.sees)))
        guest.must("sync")
        guest.kill()
        lab.guests.remove(guest)
    return failures


def test_fifty_boots_without_one_failure(lab_in):
    """Two Macs side by side, 25 boots each."""
    labs = [lab_in(), lab_in()]
    with ThreadPoolExecutor(len(labs)) as pool:
        assert [f for failed in pool.map(lambda lab: boots_that_failed(lab, 25), labs) for f in failed] == []


def test_a_server_that_is_away_for_three_minutes_is_waited_for(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    lab.hold(guest)
    before = lab.mounts(guest)
    lab.server.stop()
    lab.wait_log(guest, 30, event="down")
    time.sleep(180)  # the fault itself
    lab.server.start()
    lab.wait_log(guest, 60, event="back")
    proc.until("/Users answers", lambda: guest.sh("timeout 5 cat /Users/me/project/composer.json")[1] == 0, 90)
    assert lab.mounts(guest) == before
