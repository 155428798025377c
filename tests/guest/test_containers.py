# SPDX-License-Identifier: MIT
"""A mount that comes late, or anew, reaches what runs already: with stand-ins for containers, in one guest for all.

The real dockerd is in test_docker_containers.py.
"""

import shutil
from types import SimpleNamespace

import proc
import pytest
import tree
from standin import Standin

NAMES = ["cache", "composer.json", "dump.sql", "index.php", "vendor"]
BIND = "mount --bind /Users/me/project src"
AGENT = "/usr/sbin/usermount --config /run/test.conf"
SOURCE = "192.168.65.1:/Users/me/project"

STANDINS = {
    "plain": dict(setup=BIND, inside="cd /src"),
    "readonly": dict(setup=f"{BIND}\nmount -o remount,bind,ro,nosuid,nodev,noexec src"),
    "rich": dict(setup=f"mkdir data logs vol\n{BIND}\nmount -t tmpfs data data\nmount --bind /var/log logs\n"
                       "mount --bind /var/vol vol\necho mine > data/mine"),
    "nested": dict(setup=f"{BIND}\nmount --bind /var/vol src/vendor\nmount -t tmpfs cache src/cache"),
    "stuck": dict(setup=f"{BIND}\nmount --bind /var/vol src/vendor\nmount -t tmpfs nowhere src/nowhere"),
    "file": dict(setup="touch file\nmount --bind /Users/me/project/index.php file"),
    "missing": dict(setup="mount --bind /Users/me/missing src"),
    "linked": dict(setup="mount --bind /Users/me/link src"),
    "planted": dict(setup="mkdir -p a/src secret\nmount --bind /Users/me/project a/src\nmount -t tmpfs plant a\nln -s /secret a/src"),
    "renamed": dict(setup="mkdir -p b/src secret\nmount --bind /Users/me/project b/src", inside="cd /; /bin/busybox mv /b /c\n/bin/busybox ln -s /secret /b"),
    "shared": dict(setup=f"{BIND}\nmount --make-shared src"),
    "user": dict(setup=BIND, unshare="-U -r -m"),
    "above": dict(setup="mkdir host\nmount --bind / host"),
    "twice": dict(setup=f"mkdir all\n{BIND}\nmount --bind /Users all"),
}
HEALED = {"plain", "readonly", "rich", "nested", "renamed", "twice"}
NO_FOLDER = "it is a file or a symbolic link, and only a folder can be mounted"
CAUSES = {"stuck": "the container has a mount of its own in it that cannot be moved", "file": NO_FOLDER, "linked": NO_FOLDER,
          "missing": "the folder is missing on the server", "planted": "its mounts differ from its mount table",
          "shared": "its bind propagates mounts to other namespaces", "user": "it has a user namespace of its own"}


class World:
    """One guest and its stand-ins; each test starts the agent as it needs it."""

    def __init__(self, lab):
        self.lab = lab
        server = self.lab.server
        (server.users / "me" / "link").symlink_to("project")
        server.start()
        self.guest = self.lab.boot(self.lab.packed(enable="no"), memory="256M")
        self.lab.docker_start(self.guest)
        self.guest.must("mkdir -p /mnt /Users/me/missing /Users/me/link /var/vol /Users/me/project; cd /Users/me/project; "
                        "mkdir vendor cache nowhere; echo old > index.php; echo volume > /var/vol/volume")
        self.standins = {name: Standin(self.guest, name, **how) for name, how in STANDINS.items()}
        self.before = {name: one.mounts() for name, one in self.standins.items()}

    def start(self, **settings):
        """Starts the agent, and returns its lines about containers once it has looked at all of them."""
        text = "".join(f"{key} = {value}\\n" for key, value in {"watch": 1, "wait": 10, "loglevel": "debug", **settings}.items())
        self.guest.must(f"rm -f /var/log/usermount.log; printf '{text}' > /run/test.conf; {AGENT} start")
        self.lab.wait_log(self.guest, 10, event="up")
        return self.spread() if settings.get("containers") != "off" else self.lab.log(self.guest)

    def spread(self, count=1):
        proc.until("the containers are looked at", lambda: len(self.events("spread")) >= count, 20, every=0.1)
        return self.lab.log(self.guest)

    def events(self, *names):
        return [line for line in self.lab.log(self.guest) if line.get("event") in names]

    def stop(self):
        self.guest.must(f"{AGENT} stop")

    def by_name(self, log, event, **wanted):
        """The lines of this event, by stand-in."""
        names = {str(one.pid): name for name, one in self.standins.items()}
        return {names[line["pid"]] + line["at"]: line for line in log
                if line.get("event") == event and all(line.get(k) == v for k, v in wanted.items())}

    def remake_export(self):
        server = self.lab.server
        server.stop_nfs()
        shutil.rmtree(server.users)
        tree.make(server.users)
        (server.users / "me" / "project" / "new").write_text("new\n")
        server.start()


@pytest.fixture(scope="module")
def world(module_lab):
    return World(module_lab("containers", "uml"))


@pytest.fixture(scope="module")
def unhealed(world):
    """What the agent does with containers=off and report."""
    off = world.start(containers="off")
    after_off = {name: one.mounts() for name, one in world.standins.items()}
    world.stop()
    report = world.start(containers="report")
    after_report = {name: one.mounts() for name, one in world.standins.items()}
    world.stop()
    return SimpleNamespace(off=off, after_off=after_off, report=report, after_report=after_report)


@pytest.fixture(scope="module")
def late(world, unhealed):
    return world.start(containers="heal")


@pytest.fixture(scope="module")
def stale(world, late):
    world.remake_export()
    world.lab.wait_log(world.guest, 40, event="stale")
    return world.spread(2)


def test_off_looks_at_nothing_and_changes_nothing(world, unhealed):
    assert unhealed.after_off == world.before
    assert not [line for line in unhealed.off if line.get("event") in ("healed", "behind", "spread")]


def test_report_names_who_is_behind_and_changes_nothing(world, unhealed):
    assert unhealed.after_report == world.before
    lines = world.by_name(unhealed.report, "behind")
    assert {name.split("/")[0] for name in lines} == HEALED | set(CAUSES)
    assert "report" in lines["plain/src"]["cause"]
    assert not world.by_name(unhealed.report, "healed")


def test_a_late_mount_is_seen_without_a_restart(world, late):
    plain = world.standins["plain"]
    assert plain.sh("ls $R/src")[0].split() == NAMES
    assert [(kind, source) for kind, source, _ in plain.at("/src")][-1] == ("nfs", SOURCE)
    lines = world.by_name(late, "healed", was="late")
    assert {name.split("/")[0] for name in lines} == HEALED
    assert lines["plain/src"]["source"] == SOURCE and lines["plain/src"]["mount"] == "/Users"


def test_a_file_written_in_it_is_on_the_server(world, late):
    assert world.standins["plain"].sh("echo written > $R/src/written")[1] == 0
    assert (world.lab.server.users / "me" / "project" / "written").read_text() == "written\n"
    (world.lab.server.users / "me" / "project" / "written").unlink()


def test_it_has_the_flags_of_the_agents_own_mount(world, late):
    assert "noatime" in world.standins["plain"].at("/src")[-1][2].split(",")


def test_a_read_only_bind_stays_read_only_with_its_other_flags(world, late):
    readonly = world.standins["readonly"]
    assert {"ro", "nosuid", "nodev", "noexec"} <= set(readonly.at("/src")[-1][2].split(","))
    text, code = readonly.sh("cat $R/src/composer.json && echo x > $R/src/x")
    assert code != 0 and "me/project" in text and "Read-only" in text


def test_volume_tmpfs_and_unrelated_bind_are_unchanged(world, late):
    rich = world.standins["rich"]
    after = rich.mounts()
    assert [row for row in after if row in world.before["rich"]] == world.before["rich"]
    assert len(after) == len(world.before["rich"]) + 1
    assert rich.sh("cat $R/data/mine $R/vol/volume")[0] == "mine\nvolume\n"


def test_mounts_inside_the_bind_are_taken_along(world, late):
    nested = world.standins["nested"]
    assert nested.sh("ls $R/src")[0].split() == NAMES
    assert nested.sh("cat $R/src/vendor/volume")[0] == "volume\n"
    assert nested.sh("ls $R/src/cache")[0] == ""
    ids = {row[4]: row[0] for row in world.before["nested"]}
    assert {row[4]: row[0] for row in nested.mounts()}["/src/vendor"] == ids["/src/vendor"]


def test_a_mount_inside_that_has_no_folder_on_the_server_keeps_all_as_it_was(world, late):
    stuck = world.standins["stuck"]
    assert stuck.mounts() == world.before["stuck"]
    assert stuck.sh("cat $R/src/vendor/volume")[0] == "volume\n"


@pytest.mark.parametrize("name", sorted(CAUSES))
def test_what_cannot_be_healed_is_told_and_left_as_it_was(world, late, name):
    line = next(line for where, line in world.by_name(late, "behind").items() if where.startswith(name + "/"))
    assert line["cause"] == CAUSES[name] and "restart the container" in line["fix"]
    assert world.standins[name].mounts() == world.before[name]


def test_a_link_in_the_place_of_a_mount_point_leads_nowhere(world, late):
    planted, renamed = world.standins["planted"], world.standins["renamed"]
    assert planted.sh("ls $R/secret")[0] == "" and not planted.at("/secret")
    assert renamed.sh("ls $R/secret")[0] == "" and not renamed.at("/secret")
    assert renamed.sh("ls $R/c/src")[0].split() == NAMES


def test_a_bind_of_a_folder_above_is_left_alone(world, late):
    assert world.standins["above"].mounts() == world.before["above"]


def test_two_binds_in_one_namespace_are_both_healed(world, late):
    twice = world.standins["twice"]
    assert twice.sh("ls $R/src")[0].split() == twice.sh("ls $R/all/me/project")[0].split() == NAMES
    assert twice.at("/all")[-1][:2] == ("nfs", "192.168.65.1:/Users")


def test_the_log_names_a_process_that_still_holds_the_old_folder(world, late):
    lines = world.by_name(late, "healed")
    assert lines["plain/src"]["holder"] == str(world.standins["plain"].pid) and lines["plain/src"]["holders"] == "1"
    assert "holders" not in lines["rich/src"]


def test_a_second_look_finds_nothing_left_to_do(world, late):
    # Two seconds after the first; its worker ends then.
    proc.until("the worker has ended", lambda: len(world.guest.sh("pidof usermount")[0].split()) == 1, 15)
    assert len(world.events("healed")) == len(world.by_name(late, "healed"))
    assert len(world.events("spread")) == 1


def test_a_dead_mount_is_replaced_in_the_containers_as_well(world, stale):
    lines = world.by_name(stale, "healed", was="stale")
    for name in ("plain", "readonly", "rich", "renamed", "twice"):
        where = "/c/src" if name == "renamed" else "/src"
        one = world.standins[name]
        assert name + where in lines
        assert one.sh(f"timeout 5 cat $R{where}/new")[0] == "new\n"
        assert [kind for kind, _, _ in one.at(where)].count("nfs") == 1, "the dead one is still there"


def test_a_read_only_mount_is_replaced_by_a_read_only_one(world, stale):
    assert {"ro", "nosuid", "nodev", "noexec"} <= set(world.standins["readonly"].at("/src")[-1][2].split(","))
    assert world.standins["readonly"].sh("echo x > $R/src/x")[1] != 0


def test_a_dead_mount_with_mounts_inside_is_told_and_they_stay(world, stale):
    assert world.by_name(stale, "behind", was="stale")["nested/src"]["cause"] == CAUSES["stuck"]
    assert "/src/vendor" in [row[4] for row in world.standins["nested"].mounts()]


def test_volume_and_tmpfs_outlive_a_dead_mount(world, stale):
    others = [row for row in world.before["rich"] if row[4] != "/src"]
    assert [row for row in world.standins["rich"].mounts() if row[4] != "/src"] == others


def test_processes_that_end_meanwhile_are_no_error(world, stale):
    world.stop()
    known = {str(one.pid) for one in world.standins.values()}
    world.guest.must("(while [ ! -e /run/enough ]; do unshare -m sh -c 'mount --bind /Users/me/project /mnt; exec sleep 0.02' & "
                     "sleep 0.01; done) < /dev/null > /dev/null 2>&1 & echo")
    log = world.start(containers="heal")
    world.guest.must("touch /run/enough")
    assert not [line for line in log if line.get("event") == "behind" and line["pid"] not in known]


def test_two_hundred_namespaces_are_reached(world):
    world.stop()
    world.guest.must("for i in $(seq 200); do unshare -m sh -c 'mount --bind /Users/me/project /mnt; touch /run/many.$$; exec sleep 2147483647' "
                     "< /dev/null > /dev/null 2>&1 & done; echo")
    proc.until("200 are there", lambda: world.guest.must("ls /run/many.* 2>/dev/null | wc -l").strip() == "200", 60)
    pids = [int(name.split(".")[1]) for name in world.guest.must("ls /run/ | grep many").split()]
    log = world.start(containers="heal")
    healed = {line["pid"] for line in log if line.get("event") == "healed"}
    print(next(line["line"] for line in log if line.get("event") == "spread"))
    assert {str(pid) for pid in pids} <= healed
    world.guest.must("kill -9 " + " ".join(map(str, pids)))


def test_when_containers_and_agent_are_gone_no_mount_is_left(world):
    for one in world.standins.values():
        one.kill()
    world.stop()
    proc.until("no NFS in any namespace", lambda: world.guest.sh("cat /proc/[0-9]*/mountinfo 2>/dev/null | grep ' - nfs '")[1] == 1, 10)
    assert not world.lab.mounts(world.guest)
