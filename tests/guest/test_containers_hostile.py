# SPDX-License-Identifier: MIT
"""Ten stand-ins that do what they can to stop the healing, and five that only want to be healed: outage after outage, each of
the five is healed within two seconds of the mount, each of the ten is named in the log, and nothing piles up."""

import shutil
import time

import logs
import proc
import pytest
import tree
from standin import Standin

AGENT = "/usr/sbin/usermount --config /run/test.conf"
BIND = "mount --bind /Users/me/project src"
COVERED = "mkdir -p t/a; mount --bind /Users/me/project t/a; mount -t tmpfs over t/a"
LONG = "n" * 200
SOAK_S = 600
HOSTILE = {
    # 2 to the 12th copies of a covered bind, in a user namespace that anybody can make.
    "covered": dict(setup=f"{BIND}\n{COVERED}\nfor i in $(seq 12); do mkdir t/n$i; mount --rbind t t/n$i; done", unshare="-U -r -m"),
    "hangs": dict(setup=f"{BIND}\nmkdir hang; /usr/lib/guest/osxfs /mnt/hang; mount --bind /Users/me/project/index.php hang/from-osxfs"),
    "renames": dict(setup="mkdir -p a/src; mount --bind /Users/me/project a/src",
                    inside="echo $$ > /ready; while :; do /bin/busybox mv /a /b; /bin/busybox mv /b /a; /bin/busybox usleep 20000; done"),
    "jailed": dict(setup=f"{BIND}\nmkdir -p jail/bin; cp bin/busybox jail/bin/",
                   inside="echo $$ > /jail/ready; exec /bin/busybox chroot /jail /bin/busybox sleep 2147483647"),
    "long": dict(setup="set -- 1 2 3 4 5 6 7; cd /mnt; for i; do mkdir " + LONG + "; cd " + LONG
                       + "; done; mkdir src; mount --bind /Users/me/project src; cd /mnt"),
    "shared": dict(setup=f"{BIND}\nmount --make-shared src"),
    "user": dict(setup=BIND, unshare="-U -r -m"),
    "planted": dict(setup="mkdir -p a/src secret\nmount --bind /Users/me/project a/src\nmount -t tmpfs plant a\nln -s /secret a/src"),
    "stuck": dict(setup=f"{BIND}\nmount -t tmpfs nowhere src/nowhere"),
    "many": dict(setup="for i in $(seq 40); do mkdir s$i; mount --bind /Users/me/project s$i; done; mount --make-rshared /mnt/s40"),
}
GOOD = [f"good{n}" for n in range(5)]


class World:
    def __init__(self, lab):
        self.lab = lab
        lab.server.start()
        self.guest = lab.boot(lab.packed(enable="no"), memory="320M")
        lab.docker_start(self.guest)
        self.guest.must("mkdir -p /mnt /Users/me/project/nowhere; echo old > /Users/me/project/index.php; "
                        "printf 'watch = 1\\nwait = 10\\nloglevel = debug\\n' > /run/test.conf")
        self.all = {name: Standin(self.guest, name, **how) for name, how in HOSTILE.items()}
        self.all.update({name: Standin(self.guest, name, BIND) for name in GOOD})
        self.guest.must("kill -USR1 $(pidof osxfs)")

    def log(self, since=0):
        return self.lab.log(self.guest)[since:]

    def lines(self, name, since=0):
        return [line for line in self.log(since) if line.get("pid") == str(self.all[name].pid)]

    def wait_good(self, was, since):
        """All five are healed; how long after the mount was up the last one was."""
        pids = {str(self.all[name].pid) for name in GOOD}

        def look():
            done = {line["pid"]: line for line in self.log(since) if line.get("event") == "healed" and line.get("was") == was}
            return [done[pid] for pid in pids] if pids <= set(done) else None

        lines = proc.until("the five are healed", look, 60, every=0.3)
        up = max(logs.moment(line["ts"]) for line in self.log(since) if line.get("event") == "up")
        return max(logs.moment(line["ts"]) for line in lines) - up

    def outage(self, number):
        server, since = self.lab.server, len(self.lab.log(self.guest))
        server.stop_nfs()
        shutil.rmtree(server.users)
        tree.make(server.users)
        (server.users / "me" / "project" / "new").write_text(f"{number}\n")
        server.start()
        took = self.wait_good("stale", since)
        for name in GOOD:
            assert self.all[name].sh("timeout 20 cat $R/src/new")[0] == f"{number}\n"
        return took

    def daemon(self):
        return self.guest.must("cat /run/usermount/pid").split()[0]

    def holds(self):
        """(descriptors, resident kB, children that hang) of the daemon."""
        pid = self.daemon()
        rss = int(self.guest.must(f"grep VmRSS /proc/{pid}/status").split()[1])
        hung = int(self.guest.sh("cat /proc/[0-9]*/comm 2>/dev/null | grep -c '^usermount-heal$'")[0])
        return len(self.guest.must(f"ls /proc/{pid}/fd").split()), rss, hung


@pytest.fixture(scope="module")
def world(module_lab):
    return World(module_lab("containers-hostile", "uml"))


@pytest.fixture(scope="module")
def late(world):
    world.guest.must(f"{AGENT} start", timeout=60)
    return world.wait_good("late", 0)


def named(world):
    """Each hostile one is named in the log, as healed or as behind."""
    return {name for name in HOSTILE if any(line.get("event") in ("healed", "behind") for line in world.lines(name))}


def behind(world, name, at):
    return {line["cause"] for line in world.lines(name) if line["event"] == "behind" and line.get("at") == at}


def test_the_five_are_healed_beside_the_ten(world, late):
    assert late < 2 * proc.pace.factor  # the promise itself is the soak's to measure
    for name in GOOD:
        assert world.all[name].sh("ls $R/src")[0].split() == ["cache", "composer.json", "dump.sql", "index.php", "vendor"]


def test_every_hostile_one_is_named(world, late):
    proc.until("all ten are named", lambda: named(world) == set(HOSTILE), 60, every=0.5)


def test_what_hangs_is_told_once_with_its_place_and_left_alone(world, late):
    stuck = "the container's own file system does not answer: the agent leaves it alone until it does"
    proc.until("it is told", lambda: behind(world, "hangs", "/hang/from-osxfs") == {stuck}, 60, every=0.5)


def test_a_process_with_another_root_hides_nothing(world, late):
    assert [line["at"] for line in world.lines("jailed") if line["event"] == "healed"] == ["/src"]


def test_a_path_that_is_too_long_is_told(world, late):
    lines = [line for line in world.lines("long") if line["event"] == "behind"]
    assert {line["cause"] for line in lines} == {"its path is too long for usermount"}


def test_status_tells_how_many_are_behind(world, late):
    def agree():
        count = [line["behind"] for line in world.log() if line.get("event") == "spread"][-1:]
        text = " ".join(world.guest.must(f"{AGENT} status; {AGENT} status --porcelain").split())
        return count in (["8"], ["9"]) and f" behind={count[0]} " in text and \
            f"{count[0]} mounts in running containers still show the old content: the log (event=behind) names each, with the reason" in text
    # Who renames all the while is healed or not, and may be the other one at the next look.
    proc.until("the log and status agree on 8 or 9", agree, 90, every=0.5)


def soak(world, outages, seconds):
    """Outage after outage; nothing piles up."""
    before, began = world.holds(), time.monotonic()
    took = []
    for number in range(1, outages + 1):
        time.sleep(max(0, began + seconds * (number - 1) / outages - time.monotonic()))
        took.append(world.outage(number))
    print(f"healed after {', '.join(f'{s:.2f}' for s in took)} s; (descriptors, kB, hanging): {before}, {world.holds()}")
    assert max(took) < 2 * (1 if seconds else proc.pace.factor)
    assert named(world) == set(HOSTILE)
    lines = [line for line in world.lines("hangs") if "does not answer" in line.get("cause", "")]
    assert len(lines) == 1, "it is told once"

    def is_as_before():
        fds, kilobytes, hung = world.holds()
        return fds <= before[0] and hung == 1 and kilobytes <= before[1] + 64
    proc.until("descriptors, memory and children are as before", is_as_before, 180, every=2)


@pytest.mark.long
def test_outages_are_healed_in_time_and_nothing_piles_up(world, late):
    soak(world, 2, 0)


@pytest.mark.soak
def test_a_soak_of_ten_minutes(world, late):
    soak(world, 20, SOAK_S)


def test_what_hung_is_seen_to_when_it_answers_no_longer(world, late):
    world.guest.must("kill -9 $(pidof osxfs)")
    since = len(world.log())
    world.outage(99)
    proc.until("it is healed", lambda: [line for line in world.lines("hangs", since) if line["event"] == "healed"], 60, every=0.5)
