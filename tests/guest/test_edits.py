# SPDX-License-Identifier: MIT
"""Edits on the Mac: what open(), stat() and readdir() show in the guest after them, who is woken, and what it costs."""

import hashlib
import itertools
import os
import subprocess
import sys
import time

import proc
import pytest
from edits import ALL, IN, WATCHS_OWN, Edited, Watching, calls_by_name, wait_fresh
from paths import HERE

SEED = int(os.environ.get("USERMOUNT_SEED", time.time_ns() % 1_000_000))
PROJECT = "/Users/me/project"


@pytest.fixture
def edited_in(lab_in):
    made = []

    def make(**more):
        made.append(Edited(lab_in(), **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def edited(edited_in):
    return edited_in()


# name: (what is made before the guest looks, what the Mac then does, what the guest must see of "it")
EDITS = {
    "in-place": ("echo old > it", "echo new > it", "new"),
    "same-size": ("printf aaaa > it", "printf bbbb > it", "bbbb"),
    "append": ("echo one > it", "echo two >> it", "one\ntwo"),
    "truncate": ("echo long > it", ": > it", ""),
    "atomic": ("echo old > it", "echo new > it.tmp; mv it.tmp it", "new"),
    "create": ("rm -f it", "echo made > it", "made"),
    "delete": ("echo old > it", "rm it", None),
    "rename": ("echo here > from; rm -f it", "mv from it", "here"),
    "link": ("echo linked > other; rm -f it", "ln other it", "linked"),
    "symlink": ("rm -f it; echo behind > other", "ln -s other it", "behind"),
    "older": ("echo young > it", "echo older > it; touch -d 2001-01-01 it", "older"),
    "odd-name": ("echo old > it", "printf odd > \"$(printf 'a\\nb \\303\\251\\377')\"; echo new > it", "new"),
}


def test_every_kind_of_edit_is_fresh_within_the_promise_and_plain_reading_costs_nothing(edited):
    """One guest for all: each boot takes ten seconds, and the edits are apart by folders."""
    edited.wait_cache("coherent", told=True)
    mount = edited.guest.must("grep ' /Users nfs ' /proc/mounts")
    assert "nocto" in mount and "acregmin=600" in mount, mount
    for name, (before, edit, wanted) in EDITS.items():
        folder = f"{PROJECT}/{name}"
        edited.mac(f"mkdir {name}; cd {name}; {before}")
        proc.until(f"{name} is there", lambda: edited.guest.sh(f"ls {folder}")[1] == 0, 5)
        edited.guest.sh(f"cat {folder}/it; ls -l {folder}; stat {folder}/it {folder}/nothing")
        edited.mac(f"cd {name}; {edit}")
        wait_fresh()
        text, code = edited.guest.sh(f"cat {folder}/it")
        listed = edited.guest.must(f"ls {folder}").splitlines()
        if wanted is None:
            assert code != 0 and "it" not in listed, (name, text, listed)
        else:
            assert code == 0 and text.rstrip("\n") == wanted and "it" in listed, (name, text, listed)
            assert int(edited.guest.must(f"stat -L -c %s {folder}/it")) == (edited.lab.server.users / f"me/project/{name}/it").stat().st_size

    read_all = f"find {PROJECT} -type f -print0 | xargs -0 cat > /dev/null"
    edited.guest.must(read_all)
    before = edited.calls()
    edited.guest.must(read_all)
    assert edited.calls() == before, "what was read before asked the server again"


def test_a_folder_that_is_replaced_renamed_or_changes_its_mode_is_seen(edited):
    edited.mac("mkdir -p a/b; echo one > a/b/it; mkdir c; echo moved > c/it")
    look = f"cat {PROJECT}/a/b/it {PROJECT}/c/it {PROJECT}/d/it; stat -c %a {PROJECT}/index.php"
    proc.until("the folders", lambda: "one\nmoved" in edited.guest.sh(look)[0], 5)
    edited.mac("mv a old; mkdir -p a/b; echo two > a/b/it; mv c d; chmod 600 index.php")
    wait_fresh()
    text = edited.guest.sh(look)[0]
    assert text.startswith("two\n") and "moved\n" in text and text.endswith("600\n") and "one" not in text, text


def test_who_watches_is_woken_with_what_the_mask_asks_for(edited):
    watching = Watching(edited, ALL)
    masks = {name: Watching(edited, mask, "/src/index.php") for name, mask in
             (("close", IN["CLOSE_WRITE"]), ("attrib", IN["ATTRIB"]), ("modify", IN["MODIFY"]))}
    edited.mac("echo edited > index.php")
    got = watching.wait("index.php", IN["ATTRIB"])
    assert [mask for name, mask in got if name == "index.php" and mask & (IN["CLOSE_WRITE"] | IN["ATTRIB"])] == \
        [IN["CLOSE_WRITE"], IN["ATTRIB"]], got
    assert [mask for _, mask in masks["close"].wait("", IN["CLOSE_WRITE"])] == [IN["CLOSE_WRITE"]]
    assert [mask for _, mask in masks["attrib"].wait("", IN["ATTRIB"])] == [IN["ATTRIB"]]
    assert masks["modify"].quiet() == []

    edited.mac("echo atomic > index.php.tmp; mv index.php.tmp index.php")
    watching.wait("index.php", IN["ATTRIB"])
    edited.mac("echo made > made.php")
    watching.wait("made.php", IN["ATTRIB"])
    edited.mac("rm made.php")
    watching.wait("", IN["ATTRIB"])  # its folder: what is gone cannot be touched


def test_what_the_guest_writes_itself_is_not_told_a_second_time(edited):
    watching = Watching(edited, ALL)
    edited.mac("echo first > first.php")  # from here on the folder is listened to
    watching.wait("first.php", IN["ATTRIB"])
    watching.quiet()
    for number in range(10):
        edited.guest.must(f"echo {number} > {PROJECT}/own.php")
        rows = watching.quiet(0.7)
        assert [mask for name, mask in rows if name == "own.php" and mask & IN["CLOSE_WRITE"]] == [IN["CLOSE_WRITE"]], rows
        assert not [row for row in rows if row[1] & IN["ATTRIB"]], rows
    edited.guest.must(f"rm {PROJECT}/own.php")
    assert [mask for name, mask in watching.quiet() if mask & ~0x40000000 != IN["DELETE"]] == []
    edited.mac("echo theirs > first.php")
    watching.wait("first.php", IN["ATTRIB"])


def test_a_watcher_that_dies_leaves_a_mount_as_fresh_as_any_and_one_that_comes_back_is_used(edited):
    edited.wait_cache("coherent", told=True)
    edited.guest.must(f"cat {PROJECT}/index.php")
    edited.stop_watcher()
    edited.wait_cache("coherent", told=False)
    edited.mac("echo unseen > index.php")
    proc.until("the edit is seen without a word", lambda: edited.guest.must(f"cat {PROJECT}/index.php") == "unseen\n", 8, every=0.5)
    log = edited.lab.log(edited.guest)
    lost = [line for line in log if line.get("event") == "edits-lost"]
    assert len(lost) == 1 and lost[0]["cache"] == "coherent" and "20490" in lost[0]["cause"], log

    edited.start_watcher()
    edited.wait_cache("coherent", told=True)
    edited.mac("echo seen > index.php")
    wait_fresh()
    assert edited.guest.must(f"cat {PROJECT}/index.php") == "seen\n"


@pytest.mark.parametrize("cache", ["coherent", "plain"])
def test_a_mount_that_an_earlier_daemon_left_is_taken_for_what_it_is(edited_in, cache):
    edited = edited_in(watch=cache == "coherent")
    edited.wait_cache(cache, told=cache == "coherent")
    edited.guest.must("kill -9 $(cut -d' ' -f1 /run/usermount/pid); /usr/sbin/usermount start")
    edited.wait_cache(cache, told=cache == "coherent")
    assert edited.lab.wait_log(edited.guest, 5, verdict="adopted")
    if cache == "plain":
        return
    edited.guest.must(f"cat {PROJECT}/index.php")
    edited.stop_watcher()
    edited.wait_cache("coherent", told=False)
    edited.mac("echo unseen > index.php")
    proc.until("the edit is seen without a word", lambda: edited.guest.must(f"cat {PROJECT}/index.php") == "unseen\n", 8, every=0.5)


def test_a_watcher_that_comes_late_serves_a_plain_mount(edited_in):
    edited = edited_in(watch=False)
    edited.wait_cache("plain", told=False)
    mount = edited.guest.must("grep ' /Users nfs ' /proc/mounts")
    assert "nocto" not in mount and "acregmin" not in mount, mount
    edited.wait_alone()
    edited.start_watcher()
    edited.wait_cache("plain", told=True)
    watching = Watching(edited, ALL)
    edited.mac("echo late > index.php")
    watching.wait("index.php", IN["ATTRIB"])
    assert edited.guest.must(f"cat {PROJECT}/index.php") == "late\n"


@pytest.mark.parametrize("settings,cache", [({"events": "off"}, None), ({"options": "actimeo=3"}, "plain"), ({"events": "refresh"}, "plain")])
def test_settings_decide(edited_in, settings, cache):
    edited = edited_in(**settings)
    if cache:
        edited.wait_cache(cache, told=True)
    else:
        time.sleep(1)
        assert "cache" not in edited.status()
    mount = edited.guest.must("grep ' /Users nfs ' /proc/mounts")
    assert "nocto" not in mount and "acregmin=600" not in mount, mount


WORK = """echo 3 > /proc/sys/vm/drop_caches; mkdir work && cd work; for i in 1 2 3; do echo $i > $i; done; cat * ../index.php;
    mv 3 4; ln 1 5; ln -s 1 6; chmod 600 2; ls -lR .. ; test -e 3; cat 3; rm *; cd ..; rmdir work"""


def calls_of_work(guest):
    """Calls by name, in the run with the fewest of three: an attribute may time out while one of them works."""
    runs = []
    for _ in range(3):
        before = calls_by_name(guest)
        guest.must(f"cd {PROJECT}; ({WORK}) > /dev/null 2>&1")
        after = calls_by_name(guest)
        runs.append({name: after[name] - before[name] for name in after if name not in WATCHS_OWN})
    return min(runs, key=lambda run: sum(run.values()))


@pytest.mark.parametrize("events", [{"events": "off"}, {"watch": False}], ids=["off", "no watcher"])
def test_without_edits_the_mount_is_the_plain_one(edited_in, events):
    """The options, calls and processes are those of mount(8) and an agent that knows of no edits."""
    edited = edited_in(**events)
    guest = edited.guest
    idle = calls_by_name(guest)
    time.sleep(6)
    assert {name for name, count in calls_by_name(guest).items() if count != idle[name]} <= set(WATCHS_OWN)
    edited.wait_alone()
    made = guest.must("grep ' /Users nfs ' /proc/mounts")
    worked = calls_of_work(guest)
    assert worked["LOOKUP"] > 0 and worked["WRITE"] == 3
    source, target, kind, options = made.split()[:4]
    guest.must(f"rc-service docker stop > /dev/null 2>&1; usermount stop; mount -t {kind} -o {options} {source} {target}")
    assert guest.must("grep ' /Users nfs ' /proc/mounts") == made
    proc.until("the plain mount makes the same calls", lambda: calls_of_work(guest) == worked, 60)


def test_thousands_of_files_at_once_are_fresh_within_a_second_and_their_watchers_are_told(edited):
    """Saved by rename, a hundred in each of fifty folders, and every folder is watched; and again, while most of the files'
    events are still to come."""
    write = "for d in $(seq 50); do mkdir -p many/$d; for i in $(seq 100); do echo {} > many/$d/new; mv many/$d/new many/$d/f$i; done; done"
    edited.mac(write.format(1))
    proc.until("they are there", lambda: edited.guest.sh(f"ls {PROJECT}/many/* | grep -c f")[0].strip() == "5000", 20)
    edited.guest.must(f"cat {PROJECT}/many/*/* > /dev/null; ls -l {PROJECT}/many/* > /dev/null")
    watching = Watching(edited, IN["ATTRIB"], *(f"/src/many/{number}" for number in range(1, 51)))
    edited.mac("for f in many/*/f*; do echo 22 > $f; done")
    time.sleep(1 * proc.pace.factor)  # the promise
    assert edited.guest.must(f"cat {PROJECT}/many/*/* | sort | uniq -c").split() == ["5000", "22"]

    def told(fields, since=1):
        return int(edited.guest.must(f"tail -n +{since} {watching.log} | awk '$4 ~ /^f/ {{ print {fields} }}' | sort -u | wc -l"))
    proc.until("the watchers of all folders", lambda: told("$3") == 50, 10, every=0.2)
    since = 1 + int(edited.guest.must(f"wc -l < {watching.log}"))
    assert told("$3, $4") < 5000
    edited.mac("for f in many/*/f*; do echo 333 > $f; done")
    proc.until("the watchers of all folders, again", lambda: told("$3", since) == 50, 6, every=0.2)
    proc.until("the new content", lambda: edited.guest.must(f"cat {PROJECT}/many/*/* | sort | uniq -c").split() == ["5000", "333"], 10)
    for _ in range(5):  # the guest knows what it reads before the record of it is worked on, and has not made it
        edited.guest.must(f"cat {PROJECT}/many/*/* > /dev/null")
    proc.until("every file's event", lambda: told("$3, $4") == 5000, 30, every=1)


@pytest.mark.parametrize("edits", [1000, pytest.param(60000, marks=pytest.mark.long)])
def test_no_edit_is_harmed_however_fast_the_mac_edits_and_the_guest_looks_and_wakes(edited, edits):
    """Everything is watched, so everything is opened and chowned; not one byte, time, mode or owner may differ."""
    edited.mac("mkdir storm")
    proc.until("the folder", lambda: edited.guest.sh(f"ls {PROJECT}/storm")[1] == 0, 5)
    watching = Watching(edited, ALL, "/src/storm")
    folder = edited.lab.server.users / "me/project/storm"
    editor = ["setpriv", "--reuid", "501", "--regid", "20", "--clear-groups", sys.executable, "-B", HERE / "editor.py",
              folder, str(edits), str(SEED)]
    with subprocess.Popen(editor, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        said = list(itertools.takewhile(lambda line: line != "edited\n", process.stdout))
        names, woken = sorted(os.listdir(folder)), set()

        def all_woken():
            woken.update(name for name, mask in watching.rows() if mask & IN["ATTRIB"])
            return woken >= set(names)
        proc.until("each file's watcher is woken", all_woken, 10, every=0.2)
        watching.settle()  # the editor's last look comes after the last waking
        said += process.communicate("look\n", timeout=60)[0].splitlines(True)
    assert said == [f"{edits}\n"], (SEED, said[:5])
    listed = edited.guest.must(f"cd {PROJECT}/storm && cat edited* | md5sum && ls -l edited*")
    assert listed.split()[0] == hashlib.md5(b"".join((folder / name).read_bytes() for name in names)).hexdigest()


def test_the_verb_shows_what_comes_and_what_was_done(edited):
    guest = edited.guest
    edited.wait_cache("coherent", told=True)
    guest.must("usermount events --porcelain > /run/shown 2>&1 < /dev/null & echo $! > /run/shown.pid")
    proc.until("the view of edits", lambda: guest.sh("ls -l /proc/$(cat /run/shown.pid)/fd | grep -q socket:")[1] == 0, 10)
    edited.mac("echo shown > index.php")
    text = proc.until("a line", lambda: guest.sh("grep index.php /run/shown")[0], 5)
    words = dict(pair.split("=", 1) for pair in text.split())
    assert words.pop("took_us").isdigit()
    assert words == {"mount": "/Users", "path": "me/project/index.php", "what": "changed", "did": "refreshed"}
    guest.must("kill $(cat /run/shown.pid)")
    edited.stop_watcher()
    edited.wait_cache("coherent", told=False)
    text, code = guest.sh("usermount events 2>&1")
    assert code == 1 and text == "usermount: unable to see edits: the Mac reports none; run usermount-pack doctor there\n"


def test_all_processes_together_are_small(edited):
    edited.wait_cache("coherent", told=True)
    look = "for p in $(pidof usermount); do grep -h ^Pss: /proc/$p/smaps_rollup; done"
    sizes = lambda: [int(line.split()[1]) for line in edited.guest.must(look).splitlines()]  # noqa: E731
    kib = proc.until("no worker beside the four", lambda: (found := sizes()) and len(found) == 4 and found, 10)
    assert sum(kib) <= 1024, kib


def test_stop_ends_the_children_and_unmounts(edited):
    edited.wait_cache("coherent", told=True)
    edited.guest.must("rc-service docker stop >/dev/null 2>&1; usermount stop")
    assert "nfs" not in edited.guest.must("cat /proc/mounts")
    assert edited.guest.sh("pidof usermount")[1] != 0
