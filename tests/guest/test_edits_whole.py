# SPDX-License-Identifier: MIT
"""A coherent mount that nothing happens to costs nothing; one whose parts are killed, paused and flooded misses no edit; and
a build tool that writes beside the Mac sees each of its own writes once. An edit that is missed stays so for ten minutes, so
that these tests can wait for what is fresh as long as the machine needs; how soon it is, test_edits.py judges."""

import hashlib
import os
import random
import threading
import time

import proc
import pytest
from edits import ALL, IN, Edited, Watching, calls_by_name

SEED = int(os.environ.get("USERMOUNT_SEED", time.time_ns() % 1_000_000))
PROJECT = "/Users/me/project"
FILES = 40
LONG, SOAK = pytest.mark.long, pytest.mark.soak  # soak: an idle mount and a build tool are judged by minutes, chance by many draws
CHECK_S, PING_S = 5, 4  # how often the daemon looks at a mount, and the reader says that it is there


@pytest.fixture(scope="module")
def whole(module_lab):
    """One guest for all: each boot takes ten seconds."""
    edited = Edited(module_lab("edits-whole", "uml"))
    edited.wait_cache("coherent", told=True)
    yield edited
    edited.close()


def wakeups(edited):
    """{process: how often it has waited for something, and got it}."""
    family = edited.family()
    text = edited.guest.must("awk '/^voluntary/ { print $2 }' " + " ".join(f"/proc/{pid}/status" for pid in family.values()))
    return dict(zip(family, map(int, text.split()), strict=True))


@pytest.mark.parametrize("seconds", [pytest.param(9, marks=LONG), pytest.param(600, marks=SOAK)])
def test_without_an_edit_only_the_heartbeat_and_the_daemon_s_look_cost_anything(whole, seconds):
    whole.guest.must(f"ls -lR {PROJECT} > /dev/null; cat {PROJECT}/index.php")
    time.sleep(2)  # what the boot left to do is done
    began = time.monotonic()
    calls, before = calls_by_name(whole.guest), wakeups(whole)
    time.sleep(seconds)
    after = wakeups(whole)
    made = {name: count - calls[name] for name, count in calls_by_name(whole.guest).items() if count != calls[name]}
    looks, pings = (time.monotonic() - began) / CHECK_S + 1, (time.monotonic() - began) / PING_S + 1
    woken = {name: after[name] - before[name] for name in after}
    assert set(made) <= {"FSSTAT"} and made.get("FSSTAT", 0) <= looks, made
    assert woken["actor"] == woken["scanner"] == 0, woken
    assert woken["reader"] <= 3 * pings and woken["daemon"] <= 6 * looks, woken


BUILD = """for i in $(seq {count}); do
echo "built $i" > /src/out.js; echo $i > /src/.new; mv /src/.new /src/bundle.js; echo $i > /src/made.$i.js
usleep 250000; done"""


def events(edited, log):
    """{name: {event: how many}} of all that came."""
    text = edited.guest.must(f"awk 'NR > 1 {{ seen[$4 \" \" $2]++ }} END {{ for (one in seen) print one \" \" seen[one] }}' {log}")
    seen = {}
    for line in text.splitlines():
        name, mask, times = line.rsplit(" ", 2)
        for word, bit in IN.items():
            if int(mask, 16) & bit:
                seen.setdefault(name, {}).setdefault(word, 0)
                seen[name][word] += int(times)
    return seen


@pytest.mark.parametrize("seconds", [pytest.param(5, marks=LONG), pytest.param(60, marks=SOAK)])
def test_a_build_tool_sees_each_of_its_own_writes_once_while_the_mac_edits_beside_it(whole, seconds):
    watching, count, edits, end = Watching(whole, ALL), seconds * 3, 0, time.monotonic() + 10 * seconds * proc.pace.factor
    whole.mac("echo > before")
    watching.wait("before", IN["ATTRIB"])  # from here on the agent listens to the folder, and knows what the guest does
    whole.guest.must(f"(nsenter -t {whole.standin.pid} -m -r /bin/busybox sh -c '{BUILD.format(count=count)}'; echo $? > /run/built) "
                     "> /dev/null 2>&1 < /dev/null &")
    while whole.guest.sh("cat /run/built")[1] != 0:
        edits += 1
        assert time.monotonic() < end, "the build tool does not end"
        whole.mac(f"echo {edits} > src.js")
        proc.until(f"edit {edits} is told", lambda: events(whole, watching.log).get("src.js", {}).get("ATTRIB", 0) >= edits, 5, every=0.2)
    assert whole.guest.must("cat /run/built; rm /run/built") == "0\n" and edits > 2
    last = whole.lab.server.users / "me/project" / f"made.{count}.js"
    proc.until("the last write is on the server", last.exists, 5)
    whole.mac("echo > behind")  # what is told comes in the order of the edits: an echo would be there
    watching.wait("behind", IN["ATTRIB"])
    seen = events(whole, watching.log)
    writes = {"out.js": ("CLOSE_WRITE", count), "bundle.js": ("MOVED_TO", count), **{f"made.{i}.js": ("CLOSE_WRITE", 1) for i in range(1, count + 1)}}
    for name, (word, times) in writes.items():
        assert seen[name].get(word) == times and "ATTRIB" not in seen[name], (name, seen[name], whole.guest.must(f"cat {watching.log}"))
    assert "ATTRIB" not in seen.get("", {}) and "ATTRIB" not in seen[".new"], seen
    whole.guest.must(f"kill $(cat {watching.log}.pid); rm {PROJECT}/made.*.js")


class Chaos:
    """A folder that the Mac edits at random without a pause while the guest reads all of it, so that all of it is cached."""

    def __init__(self, edited, seed):
        self.edited, self.draw, self.folder = edited, random.Random(seed), edited.lab.server.users / "me/project/chaos"
        edited.mac("mkdir -p chaos")
        for number in range(FILES):
            self.edit(number)
        proc.until("the folder", lambda: edited.guest.sh(f"ls {PROJECT}/chaos")[1] == 0, 5)
        edited.guest.must(f"touch /run/chaos; while [ -e /run/chaos ]; do cat {PROJECT}/chaos/* > /dev/null 2>&1; "
                          f"ls -l {PROJECT}/chaos > /dev/null; usleep 50000; done > /dev/null 2>&1 < /dev/null & echo")
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def edit(self, number):
        path, new = self.folder / f"f{number}", self.folder / ".new"
        kind = self.draw.randrange(5)
        content = self.draw.randbytes(self.draw.randrange(1, 200)).hex()
        if kind == 0 and path.exists():
            path.unlink()
        elif kind == 1:
            new.write_text(content)
            new.rename(path)
        elif kind == 2 and path.exists():
            os.truncate(path, self.draw.randrange(5))
        else:
            path.write_text(content)

    def run(self):
        while not self.stop.wait(0.005):
            self.edit(self.draw.randrange(FILES))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.edited.guest.must("rm -f /run/chaos")


def guest_sees(edited):
    """{name: (size, second of mtime, md5)}."""
    text = edited.guest.must(f"cd {PROJECT}/chaos && stat -c '%n %s %Y' *; echo; md5sum *; true")
    states, digests = text.split("\n\n", 1)
    found = dict(line.split(" ", 1) for line in states.splitlines())
    sums = {words[1]: words[0] for words in map(str.split, digests.splitlines()) if len(words) == 2}
    return {name: (*numbers.split(), sums.get(name)) for name, numbers in found.items()}


def mac_has(edited):
    found = {}
    for path in (edited.lab.server.users / "me/project/chaos").iterdir():
        status = path.stat()
        found[path.name] = (str(status.st_size), str(int(status.st_mtime)), hashlib.md5(path.read_bytes()).hexdigest())
    return found


def assert_nothing_missed(edited, why):
    """The edits have ended, and all is whole. A look makes nothing fresh: what was cached stays so."""
    has, stale = mac_has(edited), {}

    def fresh():
        sees = guest_sees(edited)
        stale.clear()
        stale.update({name: (sees.get(name), has.get(name)) for name in {*sees, *has} if sees.get(name) != has.get(name)})
        return not stale
    try:
        proc.until("nothing is stale", fresh, 3, every=0.3)
    except proc.Failed:
        raise proc.Failed(f"{why}, seed {SEED}: (the guest sees, the Mac has) {stale}")


def told(edited):
    return sum(line.get("event") == "edits-told" for line in edited.lab.log(edited.guest))


def wait_told_again(edited, before):
    proc.until("the stream is there again", lambda: told(edited) > before, 30, every=0.1)


@pytest.mark.parametrize("rounds", [pytest.param(1, marks=LONG), pytest.param(20, marks=SOAK)])
def test_no_edit_is_missed_when_a_child_is_killed(whole, rounds):
    draw = random.Random(SEED)
    for number in range(3 * rounds):
        victim = ("reader", "actor", "scanner")[number % 3]
        with Chaos(whole, SEED + number):
            time.sleep(draw.random())
            before, family = told(whole), whole.family()
            whole.guest.must(f"kill -9 {family[victim]}")
            wait_told_again(whole, before)
            assert not set(whole.family().values()) & {family[who] for who in ("reader", "actor", "scanner")}
        assert_nothing_missed(whole, f"round {number}, after the {victim} was killed")


@LONG
def test_a_new_actor_asks_the_server_what_the_one_before_it_asked(whole):
    """The client answers again what a uid has asked once."""
    whole.mac("mkdir anew; echo 0 > anew/first")
    proc.until("the file", lambda: whole.guest.sh(f"cat {PROJECT}/anew/first")[0] == "0\n", 5)
    for name in ("first", "second", "third"):
        before, actor = told(whole), whole.family()["actor"]
        whole.guest.must(f"kill -9 {actor}")
        wait_told_again(whole, before)
        whole.family()
        whole.guest.sh(f"cat {PROJECT}/anew/{name}; ls -l {PROJECT}/anew")
        whole.mac(f"echo edited > anew/{name}")
        time.sleep(1)
        assert whole.guest.sh(f"cat {PROJECT}/anew/{name}")[0] == "edited\n", name


@LONG
def test_no_edit_is_missed_when_the_watcher_is_killed_and_started(whole):
    with Chaos(whole, SEED):
        before = told(whole)
        whole.stop_watcher()
        whole.wait_cache("coherent", told=False)
        whole.start_watcher()
        wait_told_again(whole, before)
    assert_nothing_missed(whole, "after the watcher was killed")


@pytest.mark.parametrize("seconds", [pytest.param(11, marks=LONG), pytest.param(60, marks=SOAK)])
def test_no_edit_is_missed_by_a_guest_that_was_paused(whole, seconds):
    """For longer than the watcher waits for a word, which is 10 s."""
    with Chaos(whole, SEED):
        before = told(whole)
        whole.guest.pause()
        time.sleep(seconds)
        whole.guest.resume()
        wait_told_again(whole, before)
    assert_nothing_missed(whole, f"after {seconds} s of sleep")


def wait_behind(edited, text):
    """An edit that is seen was told, and so was all that came before it."""
    edited.mac(f"echo {text} > behind")
    proc.until(f"{text} is told", lambda: edited.guest.sh(f"cat {PROJECT}/behind")[0] == f"{text}\n", 15, every=0.1)


@LONG
def test_no_edit_of_twenty_thousand_at_once_is_missed(whole):
    whole.mac("mkdir -p many; echo 0 > behind")
    proc.until("the folder", lambda: whole.guest.sh(f"ls {PROJECT}/many; cat {PROJECT}/behind")[1] == 0, 5)
    with Chaos(whole, SEED):
        for number in range(20500):
            (whole.lab.server.users / f"me/project/many/n{number}").touch()
    wait_behind(whole, "many")
    assert_nothing_missed(whole, "after 20,500 files")
    assert int(whole.guest.must(f"ls {PROJECT}/many | wc -l")) == 20500


@LONG
def test_no_edit_is_missed_by_an_actor_that_was_stopped_and_whose_queues_are_full(whole):
    """Everything that may wait for it is full: its socket, the reader's buffers, TCP's and the watcher's own."""
    whole.mac("echo 0 > behind")
    proc.until("the file", lambda: whole.guest.sh(f"cat {PROJECT}/behind")[0] == "0\n", 5)
    actor = whole.family()["actor"]
    with Chaos(whole, SEED):
        whole.guest.must(f"kill -STOP {actor}")
        deep = whole.lab.server.users / "me/project" / ("d" * 200)
        deep.mkdir()
        for number in range(6000):
            (deep / (f"{number}-" + "n" * 200)).touch()
        time.sleep(1)
        whole.guest.must(f"kill -CONT {actor}")
    wait_behind(whole, "stopped")
    assert_nothing_missed(whole, "after the actor was stopped")
    assert whole.family()["actor"] == actor


def hangs(edited):
    cause = "the watcher on the Mac (port 20490) is lost: a call in the mount hangs: Operation timed out"
    return [line for line in edited.lab.log(edited.guest) if line.get("event") == "edits-lost" and line["cause"] == cause]


@LONG
def test_an_actor_that_hangs_in_one_call_is_replaced_and_the_log_says_so(whole):
    """The daemon's own look at the mount would notice too: here it is switched off."""
    whole.guest.must("cp /etc/usermount.conf /run/conf; echo 'watch = 0' >> /run/conf; usermount stop; usermount --config /run/conf start")
    whole.wait_cache("coherent", told=True)
    whole.guest.must(f"cat {PROJECT}/index.php")
    before, lost, actor = told(whole), len(hangs(whole)), whole.family()["actor"]
    whole.lab.server.pause()
    try:
        whole.mac("echo hangs > index.php")
        proc.until("the log says that a call hangs", lambda: len(hangs(whole)) > lost, 15, every=0.2)
        assert hangs(whole)[-1]["cache"] == "coherent"
    finally:
        whole.lab.server.resume()
    wait_told_again(whole, before)
    assert whole.family()["actor"] != actor
    proc.until("the edit is there", lambda: whole.guest.sh(f"cat {PROJECT}/index.php")[0] == "hangs\n", 5)
