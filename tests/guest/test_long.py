# SPDX-License-Identifier: MIT
"""What takes minutes; `pytest -m long` (make check-full) runs it, and nothing else does."""

import time

import proc
import pytest

pytestmark = pytest.mark.long


def test_fifty_boots_without_one_failure(lab):
    lab.server.start()
    image, disk, failures = lab.packed(), lab.disk(), []
    for number in range(50):
        guest = lab.boot(image, disk)
        record = lab.docker_start(guest)
        mount = record.mount_of("/Users")
        if not mount or mount["type"] != "nfs" or record.sees != lab.exported():
            failures.append(number)
        guest.must("sync")
        guest.kill()
        lab.guests.remove(guest)
    assert failures == []


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
