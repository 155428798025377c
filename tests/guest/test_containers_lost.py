# SPDX-License-Identifier: MIT
"""No mount of a container's is ever lost: a dead one goes only when the new one is sure to come, and its place is kept until it
is there. With stand-ins, and a server whose packets are held; one guest for all, which makes the export anew again and again."""

import shutil

import proc
import pytest
import tree
from relay import Relay
from standin import Standin

AGENT = "/usr/sbin/usermount --config /run/test.conf"
MOUNTS = 12
HELD_S = 0.08
SETTINGS = {"watch": 1, "wait": 10, "loglevel": "debug", "probe_timeout": 10}
KILLER = """for i in $(seq 400); do
    [ -e /run/enough ] && break
    for comm in /proc/[0-9]*/comm; do
        pid=${comm#/proc/}
        [ "$(cat $comm 2>/dev/null)" = usermount-heal ] && kill -9 ${pid%/comm} && echo killed >> /run/killed
    done
    sleep 2
done"""
TWELVE = [(f"m{n}", f"m{n}") for n in range(MOUNTS)]
COMPOSE = [("app", "m0"), ("app/x", "m0/x"), ("app/x/y", "m1")]  # `.:/app`, `./x:/app/x`, and one more in that


class World:
    def __init__(self, lab):
        self.lab, self.relay = lab, Relay(lab.netns)
        self.fill()
        lab.server.start()
        self.guest = lab.boot(lab.packed(enable="no"), memory="256M")
        lab.docker_start(self.guest)
        text = "".join(f"{key} = {value}\\n" for key, value in SETTINGS.items())
        self.guest.must(f"printf '{text}' > /run/test.conf; mkdir -p /mnt; cd /; mkdir -p "
                        + " ".join(f"/Users/m{n}/x/y" for n in range(MOUNTS)))
        self.twelve = self.standin("twelve", TWELVE)
        self.compose = self.standin("compose", COMPOSE)
        self.readonly = self.standin("readonly", COMPOSE, "mount -o remount,bind,ro,nosuid app; mount -o remount,bind,ro,nodev app/x")

    def standin(self, name, binds, more=""):
        return Standin(self.guest, name, "\n".join(f"mkdir -p {at}; mount --bind /Users/{what} {at}" for at, what in binds) + f"\n{more}")

    def fill(self):
        for n in range(MOUNTS):
            folder = self.lab.server.users / f"m{n}"
            (folder / "x" / "y").mkdir(parents=True, exist_ok=True)
            (folder / "here").write_text(f"{n}\n")
            (folder / "x" / "here").write_text(f"{n}x\n")

    def remake(self):
        server = self.lab.server
        server.stop_nfs()
        shutil.rmtree(server.users)
        tree.make(server.users)
        self.fill()
        server.start()

    def lines(self, event, one, since=0, **wanted):
        """The lines about a stand-in from this line of the log on, by place."""
        return {line["at"]: line for line in self.lab.log(self.guest)[since:]
                if line.get("event") == event and line.get("pid") == str(one.pid) and all(line.get(k) == v for k, v in wanted.items())}

    def wait_healed(self, one, binds, was, since=0, timeout=90):
        wanted = {f"/{at}" for at, _ in binds}
        proc.until(f"{one.name} is healed", lambda: set(self.lines("healed", one, since, was=was)) == wanted, timeout, every=0.5)

    def count(self):
        return len(self.lab.log(self.guest))

    def shows(self, one, point):
        text, code = one.sh(f"timeout 20 cat $R{point}/here")
        return text.strip() if code == 0 else f"exit {code}: {text}"

    def check_twelve(self):
        assert {n: self.shows(self.twelve, f"/m{n}") for n in range(MOUNTS)} == {n: str(n) for n in range(MOUNTS)}
        for n in range(MOUNTS):
            assert [kind for kind, _, _ in self.twelve.at(f"/m{n}")].count("nfs") == 1

    def check_compose(self, one):
        assert [self.shows(one, point) for point in ("/app", "/app/x", "/app/x/y")] == ["0", "0x", "1"]
        for point, source in (("/app", "/m0"), ("/app/x", "/m0/x"), ("/app/x/y", "/m1")):
            assert one.at(point)[-1][:2] == ("nfs", f"192.168.65.1:/Users{source}")


@pytest.fixture(scope="module")
def world(module_lab):
    world = World(module_lab("containers-lost", "uml"))
    yield world
    world.relay.close()


@pytest.fixture(scope="module")
def late(world):
    world.guest.must(f"{AGENT} start", timeout=60)
    world.wait_healed(world.twelve, TWELVE, "late")
    world.wait_healed(world.compose, COMPOSE, "late")
    world.wait_healed(world.readonly, COMPOSE, "late")
    return world


@pytest.fixture(scope="module")
def stale(late):
    """Each packet is held: twelve mounts take longer than one may."""
    late.relay.delay_s = HELD_S
    since = late.count()
    late.remake()
    late.wait_healed(late.twelve, TWELVE, "stale", since)
    late.wait_healed(late.compose, COMPOSE, "stale", since)
    late.wait_healed(late.readonly, COMPOSE, "stale", since)
    return late


@pytest.fixture(scope="module")
def killed(stale):
    """Who heals is killed again and again; each place must have a mount all the while."""
    stale.guest.must(f"({KILLER}) </dev/null >/dev/null 2>&1 &")
    since = stale.count()
    stale.remake()
    bare = []

    def look():
        points = {row[4] for row in stale.twelve.mounts()}
        bare.extend(f"/m{n}" for n in range(MOUNTS) if f"/m{n}" not in points)
        return set(stale.lines("healed", stale.twelve, since, was="stale")) == {f"/{at}" for at, _ in TWELVE}

    proc.until("some were killed", lambda: look() or stale.guest.sh("[ $(grep -c killed /run/killed) -ge 3 ]")[1] == 0, 90, every=0.2)
    stale.guest.must("touch /run/enough")
    proc.until("twelve are healed", look, 120, every=0.2)
    return bare


def test_binds_in_a_bind_are_healed_when_the_mount_comes_late(late):
    late.check_compose(late.compose)


def test_twelve_binds_of_one_namespace_are_healed_behind_a_slow_server(stale):
    stale.check_twelve()


def test_binds_in_a_bind_are_healed_when_the_export_was_made_anew(stale):
    stale.check_compose(stale.compose)


def test_each_of_them_has_the_flags_that_it_had(stale):
    flags = {point: set(stale.readonly.at(point)[-1][2].split(",")) for point in ("/app", "/app/x", "/app/x/y")}
    assert {"ro", "nosuid"} <= flags["/app"] and "nodev" not in flags["/app"]
    assert {"ro", "nodev"} <= flags["/app/x"] and "nosuid" not in flags["/app/x"]
    assert "ro" not in flags["/app/x/y"]


def test_nobody_who_is_killed_in_the_middle_takes_a_mount_with_him(stale, killed):
    assert int(stale.guest.must("grep -c killed /run/killed")) >= 3
    assert killed == []
    stale.check_twelve()


def test_a_child_that_was_killed_is_told_with_its_place(stale, killed):
    told = [line for line in stale.lab.log(stale.guest) if line.get("cause") == "the process that worked on it was killed"]
    assert told and all(line["event"] == "behind" and line["at"] and line["source"] for line in told)


def test_a_stop_in_the_middle_is_told_and_the_next_start_goes_on(stale, killed):
    since = stale.count()
    stale.remake()
    proc.until("the first is healed", lambda: stale.lines("healed", stale.twelve, since), 60, every=0.1)
    stale.guest.must(f"{AGENT} stop", timeout=60)
    told = stale.lines("behind", stale.twelve, since)
    assert {line["cause"] for line in told.values()} == {"a newer mount or usermount's end interrupted the work"}
    assert {f"/{at}" for at, _ in TWELVE} <= {row[4] for row in stale.twelve.mounts()}
    since = stale.count()
    stale.guest.must(f"{AGENT} start", timeout=60)
    done = {line["at"] for line in stale.lab.log(stale.guest) if line.get("event") == "healed"}
    assert done
    proc.until("all show the files", lambda: all(stale.shows(stale.twelve, f"/{at}") == at[1:] for at, _ in TWELVE), 90, every=1)
    stale.check_twelve()


def test_a_place_that_moves_while_it_is_covered_is_left_as_it_was_and_then_healed_where_it_is(late):
    """mount(2) waits for mountd while the container moves what is to be covered."""
    late.guest.must(f"{AGENT} stop", timeout=60)
    moved = Standin(late.guest, "moved", "mkdir low app there; mount --bind / low; mount --bind low/Users/m0 app; umount low")
    below, since = moved.at("/app"), late.count()
    let_go = late.relay.hold(20048, but=1)  # the agent's own mount(2)
    late.relay.waiting.clear()
    late.guest.must(f"{AGENT} start", timeout=60)
    try:
        proc.until("mount(2) asks mountd", lambda: 20048 in late.relay.waiting, 30, every=0.05)
        late.guest.must(f"nsenter -t {moved.pid} -m -r /bin/busybox mount --move /app /there")
    finally:
        let_go.set()
    proc.until("it is healed", lambda: late.lines("healed", moved, since), 60, every=0.2)
    told = late.lines("behind", moved, since)
    assert {at: line["cause"] for at, line in told.items()} == {"/app": "its mounts differ from its mount table"}
    assert {at: line["was"] for at, line in late.lines("healed", moved, since).items()} == {"/there": "late"}
    assert moved.at("/app") == [] and moved.at("/there")[:-1] == below and len(below) == 1
    assert moved.at("/there")[-1][:2] == ("nfs", "192.168.65.1:/Users/m0")
    assert late.shows(moved, "/there") == "0"
