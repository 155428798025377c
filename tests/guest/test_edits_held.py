# SPDX-License-Identifier: MIT
"""What programs and binds hold, the kernel keeps through a refresh of the whole mount. The agent asks the server about it,
so that nothing stays old because somebody holds it."""

import shutil
import time

import debs
import proc
import pytest
from edits import Edited, calls_by_name
from standin import Standin

PROJECT = "/Users/me/project"
HELD = "mkdir -p held/logs held/work held/moves held/deep/er bound; " + "".join(
    f"echo old > {name}; " for name in "held/open held/renamed held/logs/replaced held/deep/er/file bound/file".split()) + """
touch held/work/first held/moves/first held/logs/first bound/first; mkdir -p many; for i in $(seq 3000); do echo $i > many/$i; done"""
EDITS = "".join(f"echo edited > {name}; " for name in "held/open held/renamed held/deep/er/file bound/file held/logs/new".split()) + """
mv held/logs/new held/logs/replaced; mv held/work/first held/work/third; chmod 700 held/program
mv held/renamed held/away; mv held/moves held/moved; touch held/moved/second held/work/second held/logs/second bound/second"""
# In this order, each command is the first one that looks where it does: it sees what was refreshed before.
LOOKS = {
    f"ls {PROJECT}/held/work": "second third",
    f"ls {PROJECT}/held/logs": "first replaced second",
    f"cat {PROJECT}/held/open": "edited",
    f"cat {PROJECT}/held/logs/replaced": "edited",
    f"cat {PROJECT}/held/deep/er/file": "edited",
    f"stat -c %a {PROJECT}/held/program": "700",
    "cat /proc/$(cat /run/renamed.pid)/fd/0": "edited",
    "ls /proc/$(cat /run/moves.pid)/cwd/": "first second",
    "ls $R/../src": "file first second",
    "cat $R/../src/file": "edited",
}

# The namespace's first process has another root, and sees no mount of the share.
CONTAINER = {
    "setup": "mount --bind /Users/me/project/bound src; mkdir -p dev jail/bin; touch dev/null; cp bin/busybox jail/bin/",
    "inside": """/bin/busybox sleep 1000 < /src/file &
        echo $$ > /jail/ready; exec /bin/busybox chroot /jail /bin/busybox sleep 1000""",
}


@pytest.fixture
def held(lab):
    edited = Edited(lab)
    edited.wait_cache("coherent", told=True)
    edited.mac(HELD)
    program = edited.lab.server.users / "me/project/held/program"
    shutil.copy(debs.unpacked(["busybox-static"])[0] / "bin/busybox", program)
    program.chmod(0o755)
    shutil.chown(program, 501, 20)
    proc.until("the program", lambda: edited.guest.sh(f"test -x {PROJECT}/held/program && test -e {PROJECT}/many/3000")[1] == 0, 20)
    edited.guest.must("mkdir -p /mnt")
    edited.container = Standin(edited.guest, "container", **CONTAINER)
    edited.guest.must(f"""cd {PROJECT}/held; sleep 1000 < open & sleep 1000 < logs/replaced & (cd work; exec sleep 1000) &
        (exec -a sleep ./program 1000) &
        sleep 1000 < renamed & echo $! > /run/renamed.pid; cd moves; sleep 1000 & echo $! > /run/moves.pid; cd ..
        (cd deep/er; exec sleep 1000 < file) &""")
    proc.until("they are held", lambda: looks(edited) == dict(zip(LOOKS, BEFORE)), 10)
    yield edited
    edited.close()


BEFORE = ["first", "first replaced", "old", "old", "old", "755", "old", "first", "file first", "old"]


def looks(edited):
    return {command: " ".join(edited.container.sh(command)[0].split()) for command in LOOKS}


def assert_all_fresh(edited):
    found = looks(edited)
    assert found == LOOKS, {command: text for command, text in found.items() if text != LOOKS[command]}


def test_what_is_held_is_fresh_after_an_edit_of_thousands(held):
    held.guest.must(f"cat {PROJECT}/many/* > /dev/null")
    actor = held.family()["actor"]
    held.guest.must(f"kill -STOP {actor}")  # surely behind, whoever is faster
    # Behind so many others, and all of them late: a refresh of the whole mount is all that they get.
    held.mac(f"for i in $(seq 100); do echo edited > many/$i; done; {EDITS}; for f in many/*; do echo edited > $f; done")
    held.guest.must(f"sleep 1; kill -CONT {actor}")
    time.sleep(2 * proc.pace.factor)  # no look before: it would see what another one has refreshed
    assert_all_fresh(held)


def test_what_is_held_is_as_fresh_as_on_a_plain_mount_when_the_watcher_is_gone(held):
    held.stop_watcher()
    held.wait_cache("coherent", told=False)
    held.mac(EDITS)
    held.guest.must(f"for i in $(seq 10); do cat {PROJECT}/many/1; sleep 0.5; done")  # what nobody uses is not refreshed
    assert_all_fresh(held)
    time.sleep(4)
    before = calls_by_name(held.guest)
    time.sleep(7)
    made = {name for name, count in calls_by_name(held.guest).items() if count != before[name]}
    assert made <= {"FSSTAT"}, made
