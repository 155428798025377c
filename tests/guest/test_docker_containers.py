# SPDX-License-Identifier: MIT
"""Real dockerd, containerd and runc in the QEMU lane: containers that were started while the server was down see the
files when the mount comes, and again when it was made anew. One guest for all of it; test_containers.py has the rest."""

import shutil

import logs
import proc
import pytest
import tree

pytestmark = pytest.mark.long

NAMES = ["cache", "composer.json", "dump.sql", "index.php", "vendor"]
SLEEP = "busybox /bin/busybox sleep 2147483647"
PLANT = "mv /a /b; ln -s /secret /a; exec sleep 2147483647"
RUN = f"""set -e
tar c -C / bin/busybox | docker import - busybox
run="docker run -d --restart=always --net=none"
$run --name plain -v /Users/me/project:/src {SLEEP}
$run --name readonly -v /Users/me/project:/src:ro {SLEEP}
$run --name rich -v /Users/me/project:/src -v volume:/vol --tmpfs /data -v /var/log:/logs {SLEEP}
$run --name planter -v /Users/me/project:/a/src -v secret:/secret busybox /bin/busybox sh -c '{PLANT}'
$run --name compose -v /Users/me/compose:/app -v /Users/me/compose/x:/app/x {SLEEP}
docker save busybox > /var/busybox.tar
ctr image import /var/busybox.tar
ctr run -d --mount type=bind,src=/Users/me/project,dst=/src,options=rbind:rw docker.io/library/busybox:latest alone \
    /bin/busybox sleep 2147483647
"""
CONTAINERS = ("plain", "readonly", "rich", "planter", "compose")
NESTED = [("/app", "/Users/me/compose"), ("/app/x", "/Users/me/compose/x")]  # `.:/app` and `./x:/app/x`
EVERYBODY = (*CONTAINERS, "alone")  # that one has no Docker, only containerd


class World:
    def __init__(self, lab):
        self.lab = lab
        self.compose()
        image = self.lab.packed("moby-1.13-docker", wait=1, watch=1)
        self.guest = self.lab.boot(image, self.lab.disk(size="1G"), append="apparmor=0", memory="1500M")
        self.lab.docker_start(self.guest)
        proc.until("dockerd answers", lambda: self.guest.sh("docker version", 60)[1] == 0, 120, every=0.5)
        self.guest.must(RUN, timeout=200)
        form = "{{.Name}} {{.Id}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}"
        self.inspect = f"docker inspect -f '{form}' {' '.join(CONTAINERS)}"
        self.about = {row[0].strip("/"): row[1:] for row in map(str.split, self.guest.must(self.inspect, 60).splitlines())}
        self.about["alone"] = ["alone", self.guest.must("ctr task ls | awk '$1 == \"alone\" { print $2 }'", 60).strip()]
        proc.until("the link is planted", lambda: self.sh("planter", "ls -d $R/b")[1] == 0, 30)
        self.before = {name: self.mounts(name) for name in EVERYBODY}

    def sh(self, name, command):
        return self.guest.sh(f"R=/proc/{self.about[name][1]}/root; {command}")

    def mounts(self, name):
        return [line.split() for line in self.guest.must(f"cat /proc/{self.about[name][1]}/mountinfo").splitlines()]

    def lines(self, event, **wanted):
        names = {row[0][:12]: name for name, row in self.about.items()}
        return {names[line["container"]]: line for line in self.lab.log(self.guest)
                if line.get("event") == event and all(line.get(k) == v for k, v in wanted.items())}

    def wait_healed(self, was):
        proc.until("all containers are healed", lambda: set(self.lines("healed", was=was)) == set(EVERYBODY), 30, every=0.2)
        for at, _ in NESTED:
            proc.until(f"{at} is healed", lambda: self.lines("healed", was=was, at=at), 30, every=0.2)
        return self.lines("healed", was=was)

    def check_nested(self):
        """Each bind shows its own folder of the server, the inner one by a mount of its own."""
        for at, folder in NESTED:
            last = [row for row in self.mounts("compose") if row[4] == at][-1]
            assert last[last.index("-") + 1:][:2] == ["nfs", f"192.168.65.1:{folder}"]
        assert self.sh("compose", "timeout 10 ls $R/app")[0].split() == ["x"]
        assert self.sh("compose", "timeout 10 ls $R/app/x")[0].split() == ["inner"]

    def compose(self):
        inner = self.lab.server.users / "me/compose/x/inner"
        inner.parent.mkdir(parents=True)
        inner.touch()


@pytest.fixture(scope="module")
def world(module_lab):
    return World(module_lab("docker-containers", "qemu"))


@pytest.fixture(scope="module")
def late(world):
    assert world.sh("plain", "ls $R/src")[0] == ""
    world.lab.server.start()
    world.lab.wait_log(world.guest, 30, event="up")
    return world.wait_healed("late")


@pytest.fixture(scope="module")
def stale(world, late):
    server = world.lab.server
    server.stop_nfs()
    shutil.rmtree(server.users)
    tree.make(server.users)
    world.compose()
    (server.users / "me" / "project" / "new").write_text("new\n")
    server.start()
    world.lab.wait_log(world.guest, 60, event="stale")
    return world.wait_healed("stale")


def seconds_after_up(world, lines):
    ups = [logs.moment(line["ts"]) for line in world.lab.log(world.guest) if line.get("event") == "up"]
    return [logs.moment(line["ts"]) - max(up for up in ups if up <= logs.moment(line["ts"])) for line in lines.values()]


def test_a_container_that_was_started_while_the_server_was_down_sees_the_files_without_a_restart(world, late):
    assert world.sh("plain", "ls $R/src")[0].split() == NAMES
    assert world.guest.must("docker exec plain /bin/busybox ls /src", 60).split() == NAMES
    now = {row[0].strip("/"): row[1:] for row in map(str.split, world.guest.must(world.inspect, 60).splitlines())}
    assert now == {name: world.about[name] for name in CONTAINERS}, "a container was restarted"


def test_it_sees_them_within_two_seconds_of_the_mount(world, late):
    assert max(seconds_after_up(world, late)) < 2 * proc.pace.factor  # the soak of stand-ins measures the promise


def test_a_read_only_bind_stays_read_only(world, late):
    text, code = world.sh("readonly", "cat $R/src/composer.json && echo x > $R/src/x")
    assert code != 0 and "me/project" in text and "Read-only" in text


def test_volume_tmpfs_and_unrelated_bind_are_unchanged(world, late):
    after = world.mounts("rich")
    assert [row for row in after if row in world.before["rich"]] == world.before["rich"]
    assert len(after) == len(world.before["rich"]) + 1


def test_a_link_that_a_container_put_in_the_paths_place_leads_nowhere(world, late):
    assert world.sh("planter", "ls $R/secret")[0] == ""
    assert world.sh("planter", "ls $R/b/src")[0].split() == NAMES
    assert late["planter"]["at"] == "/b/src"


def test_a_container_of_containerd_alone_sees_them_too(world, late):
    assert world.sh("alone", "ls $R/src")[0].split() == NAMES


def test_a_bind_in_a_bind_is_healed_late(world, late):
    world.check_nested()


def test_a_bind_in_a_bind_is_healed_stale(world, stale):
    world.check_nested()


def test_an_export_made_anew_is_seen_in_the_containers_as_well(world, stale):
    for name in ("plain", "readonly", "rich", "alone"):
        assert world.sh(name, "timeout 10 cat $R/src/new")[0] == "new\n"
        kinds = [row[row.index("-") + 1] for row in world.mounts(name) if row[4] == "/src"]
        assert kinds.count("nfs") == 1
    assert max(seconds_after_up(world, stale)) < 2 * proc.pace.factor


def test_a_read_only_bind_is_read_only_after_that_too(world, stale):
    assert world.sh("readonly", "echo x > $R/src/x")[1] != 0


def test_stopping_and_removing_the_containers_and_stopping_the_agent_leave_no_mount(world, stale):
    world.guest.must("docker stop -t 1 plain", 60)
    world.guest.must(f"docker rm -f {' '.join(CONTAINERS)}", 120)
    world.guest.must("ctr task kill -s KILL alone", 60)
    world.guest.must("/usr/sbin/usermount stop", 60)
    nfs = "cat /proc/[0-9]*/mountinfo 2>/dev/null | grep ' - nfs '"
    proc.until("no NFS in any namespace", lambda: world.guest.sh(nfs)[1] == 1, 30)
    assert not world.lab.mounts(world.guest)
