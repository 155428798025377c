# SPDX-License-Identifier: MIT
"""A watcher that lies to a guest with a coherent mount: what the agent does with the lies. Each frame is well formed, and
none of it is true; who breaks the protocol's rules is in tests/events/test_hostile_watchers.py."""

import os
import sys
import threading
import time
from pathlib import Path

import proc
import pytest
from edits import ALL, IN, Edited, Watching

sys.path.append(str(Path(__file__).resolve().parent.parent / "events"))
from client import BELOW, FOLDER, GONE, SAME  # noqa: E402
from liar import Liar, record, watched  # noqa: E402

PROJECT = "/Users/me/project"
GROWN_KIB, GROWN_FDS = 512, 16  # the actor opens each folder that is watched
FORKS_MAX = 300  # a refresh of everything is one, and each turn of a test's wait is two
NOTHING = {"mode": 0, "inode": 0, "size": 0, "mtime_ns": 0}


@pytest.fixture(scope="module")
def lied_to(module_lab):
    """One guest for all: each boot takes ten seconds."""
    lab = module_lab("edits-hostile", "uml")
    liar = Liar(lab.netns)
    edited = Edited(lab, watch=False)
    edited.liar = liar
    edited.wait_cache("coherent", told=True)
    yield edited
    liar.close()
    edited.close()


@pytest.fixture(autouse=True)
def unharmed(lied_to):
    """After each test the agent holds what it held before: as many processes, which are no larger."""
    before, now = proc.until("no worker beside the four", lambda: len(found := holds(lied_to)) == 4 and found, 10, every=0.2), []
    yield

    def same():
        now[:] = holds(lied_to)
        return len(now) == len(before) and all(fds < fds_before + GROWN_FDS and kib < kib_before + GROWN_KIB
                                               for (fds, kib), (fds_before, kib_before) in zip(now, before))
    try:
        proc.until("the agent holds what it held", same, 10, every=0.2)
    except proc.Failed:
        raise proc.Failed(f"the agent's processes hold (descriptors, KiB) {now}, and held {before}")
    state = lied_to.status()
    assert (state["state"], state["cache"], state["silent_boot_ms"]) == ("up", "coherent", "0"), state


@pytest.fixture
def one_stream(lied_to):
    """Nothing of what is told is a reason to end the stream."""
    calls = len(lied_to.liar.connections)
    yield
    assert len(lied_to.liar.connections) == calls, lied_to.lab.log(lied_to.guest)[-3:]


def holds(edited):
    """(descriptors, KiB) of the daemon and each of its children."""
    text = edited.guest.must("for p in $(pidof usermount); do echo $p $(ls /proc/$p/fd | wc -l) $(awk '/^VmRSS/ { print $2 }' /proc/$p/status); done")
    return [row[1:] for row in sorted(tuple(map(int, line.split())) for line in text.splitlines() if len(line.split()) == 3)]


def on_server(folder):
    """All that an edit could have changed there."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[path.name] = (status.st_mode, status.st_uid, status.st_gid, status.st_size, status.st_mtime_ns, status.st_ino, content)
    return found


LIES = {
    "another inode": {"inode": 1, "folder_inode": 0},
    "another folder": {"folder_inode": 2},
    "huge": {"size": 2**64 - 1, "mtime_ns": 2**63 - 1},
    "before 1970": {"mtime_ns": -2**63},
    "set-id": {"mode": 0o104777},
    "a device": {"mode": 0o020666},
    "a folder": {"mode": 0o040755, "flags": FOLDER},
    "gone": {"flags": GONE, **NOTHING},
    "the same": {"flags": SAME},
}


def test_a_record_whose_numbers_are_false_refreshes_what_is_true(lied_to, one_stream):
    there = lied_to.lab.server.users / "me/project"
    for name, lie in LIES.items():
        lied_to.guest.must(f"cat {PROJECT}/index.php; stat {PROJECT}/index.php")
        lied_to.mac(f"echo '{name}' > index.php")
        before = on_server(there)
        lied_to.liar.tell(record(b"me/project/index.php", **lie))
        proc.until(f"what is true, after {name}", lambda: lied_to.guest.must(f"cat {PROJECT}/index.php") == f"{name}\n", 5)
        assert lied_to.guest.must(f"stat -c '%s %Y %a' {PROJECT}/index.php").split() == \
            [str(len(name) + 1), str(int((there / "index.php").stat().st_mtime)), "644"], name
        assert on_server(there) == before, name


def test_no_link_is_followed_also_where_one_is_swapped_in_and_no_other_file_system_is_entered(lied_to):
    """The links of the Mac's tree lead out of the mount, in the guest; nothing outside may see so much as an open."""
    here = lied_to.lab.server.users / "me/project/walk"
    lied_to.mac("mkdir -p walk/swap walk/other; echo in > walk/swap/file; echo below > walk/other/file; ln -s /run/outside walk/away; "
                "ln -s /run/outside/file walk/file; ln -s /run/outside walk/.swap")
    lied_to.guest.must("mkdir -p /run/outside; echo out > /run/outside/file; chmod 666 /run/outside/file; chmod 777 /run/outside")
    lied_to.liar.tell(record(b"me/project/walk", mode=0o040755, flags=FOLDER, folder_inode=0))
    proc.until("the folders", lambda: lied_to.guest.sh(f"ls {PROJECT}/walk/swap {PROJECT}/walk/other")[1] == 0, 5)
    lied_to.guest.must(f"mount -t tmpfs other {PROJECT}/walk/other; echo other > {PROJECT}/walk/other/file; chmod 666 {PROJECT}/walk/other/file")
    outside = Watching(lied_to, ALL, "/run/outside", "/run/outside/file", f"{PROJECT}/walk/other", f"{PROJECT}/walk/other/file", container=False)
    inside = Watching(lied_to, ALL, f"{PROJECT}/walk", container=False)
    paths = [b"me/project/walk/" + name for name in (b"swap", b"swap/file", b"away", b"away/file", b"file", b"other", b"other/file", b"other/gone")]
    stop, swaps = time.monotonic() + 3, []

    def swap():
        while time.monotonic() < stop:
            for old, new in (("swap", ".was"), (".swap", "swap"), (".was", ".swap")):
                os.rename(here / old, here / new)
            swaps.append(1)
    swapper = threading.Thread(target=swap)
    swapper.start()
    while swapper.is_alive():
        lied_to.liar.tell(*(record(path, folder_inode=0) for path in paths))
        time.sleep(0.05)
    swapper.join()
    assert len(swaps) > 100

    def goes_on():
        """nfs-ganesha does not answer some lookups of a name that is renamed so fast: then the actor is one anew, 10 s later."""
        lied_to.mac("echo end >> walk/end")
        try:
            lied_to.liar.tell(record(b"me/project/walk/end", folder_inode=0))
        except OSError:
            pass
        return any(name == "end" and mask & IN["ATTRIB"] for name, mask in inside.rows())
    proc.until("edits are told again", goes_on, 25, every=0.5)
    assert outside.rows() == []
    lied_to.guest.must(f"kill $(cat {outside.log}.pid) $(cat {inside.log}.pid); umount {PROJECT}/walk/other; rm -r /run/outside")


def test_what_is_executable_set_id_or_no_file_is_handled_as_its_kind_allows(lied_to, one_stream):
    kinds = lied_to.lab.server.users / "me/project/kinds"
    lied_to.mac("mkdir kinds; cd kinds; mkfifo fifo; echo x > run; chmod 755 run; echo x > setuid; chmod 4644 setuid; echo x > plain; "
                "ln -s plain link; mkdir setgid; chmod 2755 setgid; echo x > setgid/in")
    os.mknod(kinds / "device", 0o020666, os.makedev(1, 3))
    before = on_server(kinds)
    lied_to.liar.tell(record(b"me/project/kinds", mode=0o040755, flags=FOLDER, folder_inode=0))
    proc.until("the folder", lambda: lied_to.guest.sh(f"ls {PROJECT}/kinds/setgid")[1] == 0, 5)
    watching = Watching(lied_to, ALL, *(f"{PROJECT}/kinds/{name}" for name in ("", "fifo", "device", "run", "setuid", "setgid")), container=False)
    names = (b"fifo", b"device", b"link", b"run", b"setuid", b"setgid", b"setgid/gone", b"plain")
    lied_to.liar.tell(*(record(b"me/project/kinds/" + name, folder_inode=0) for name in names))
    got = watching.wait("plain", IN["ATTRIB"], 10)
    # Where a watch on the object itself tells as well, its name is empty.
    seen = {name: 0 for name, _ in got}
    for name, mask in got:
        seen[name] |= mask & ALL
    read = IN["OPEN"] | IN["CLOSE_NOWRITE"]
    assert seen.pop("plain") & ~read == IN["CLOSE_WRITE"] | IN["ATTRIB"], got
    assert seen.pop("run") == read | IN["ATTRIB"] and seen.pop("setuid") == read, got
    assert seen.pop("setgid", 0) & ~read == 0 and seen.pop("", 0) & ~(read | IN["ATTRIB"]) == 0 and seen == {}, got
    assert on_server(kinds) == before
    lied_to.guest.must(f"kill $(cat {watching.log}.pid)")


FLOODS = {
    "paths that are not there": [record(b"me/project/none/%d/%d" % (i % 50, i), folder_inode=0) for i in range(5000)],
    "one path": [record(b"me/project/index.php", folder_inode=0)] * 1000,
    "another folder": [record(b"me/project/index.php")] * 200,
    "names that are missing": [record(b"me/project/n%d" % i, flags=GONE, folder_inode=0, **NOTHING) for i in range(500)],
    "everything": [record(b"", flags=BELOW, folder_inode=0, **NOTHING)] * 3000,
    "new beginnings": [watched(b"*/Library")] * 3000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_costs_a_bounded_amount_of_work_and_the_next_edit_is_told(lied_to, one_stream, name):
    behind = lied_to.lab.server.users / "me/project/behind"
    lied_to.mac("echo > behind")
    lied_to.liar.tell(record(b"me/project/behind", folder_inode=0))
    proc.until("the file", lambda: lied_to.guest.sh(f"ls {PROJECT}/behind")[1] == 0, 5)
    watching = Watching(lied_to, IN["ATTRIB"], f"{PROJECT}/behind", container=False)
    before = forks(lied_to)
    lied_to.liar.tell(*FLOODS[name])
    lied_to.mac(f"echo '{name}' > behind")
    lied_to.liar.tell(record(b"me/project/behind", folder_inode=0, inode=behind.stat().st_ino))
    lied_to.guest.must(f"until grep -q behind {watching.log}; do sleep 0.5; done", timeout=30)
    assert forks(lied_to) - before < FORKS_MAX
    proc.until("it is read", lambda: lied_to.guest.must(f"cat {PROJECT}/behind") == f"{name}\n", 10)
    lied_to.guest.must(f"kill $(cat {watching.log}.pid)")


def forks(edited):
    return int(edited.guest.must("awk '/^processes/ { print $2 }' /proc/stat"))


def test_what_may_be_anywhere_wakes_who_watches_also_behind_a_refresh_of_everything(lied_to, one_stream):
    """Records that come late have everything refreshed; for the last one that does as its refresh, and not as its wake-up."""
    lied_to.mac("mkdir -p watched unwatched; echo > watched/it; echo > unwatched/it")
    lied_to.liar.tell(record(b"me/project/watched", mode=0o040755, flags=FOLDER, folder_inode=0))
    proc.until("the folders", lambda: lied_to.guest.sh(f"ls {PROJECT}/watched/it {PROJECT}/unwatched/it")[1] == 0, 5)
    watching = Watching(lied_to, IN["ATTRIB"], f"{PROJECT}/watched", container=False)
    lied_to.mac("echo edited > watched/it")
    lied_to.liar.tell(record(b"me/project/watched/it", folder_inode=0))
    watching.wait("it", IN["ATTRIB"])  # from here on the folder is known
    actor = lied_to.family()["actor"]
    lied_to.guest.must(f"kill -STOP {actor}")
    lied_to.liar.tell(*[record(b"me/project/unwatched/it", folder_inode=0)] * 60, record(b"", flags=BELOW, folder_inode=0, **NOTHING))
    time.sleep(0.5 * proc.pace.factor)  # all of them are late
    lied_to.guest.must(f"kill -CONT {actor}")
    watching.wait("", IN["ATTRIB"], 10)
    lied_to.guest.must(f"kill $(cat {watching.log}.pid)")
