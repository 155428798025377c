# SPDX-License-Identifier: MIT
"""The table of usermount status, as people see it."""

import re
import time

import pytest

from agent import World, until

HEADS = ["TARGET", "STATE", "VERDICT", "SINCE", "TRIES", "SOURCE"]


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    yield one
    one.close()


def table(world, *targets):
    """The lines of status when each target has been refused once."""
    world.settings(*(f"mount = 127.0.0.1:/Users:{target}" for target in targets), "wait = 0")
    world.run("start")
    until("verdicts", lambda: world.run("status").stdout.count("  to do: ") == len(targets))
    done = world.run("status")
    assert done.returncode == 1 and done.stderr == ""
    return done.stdout.splitlines()


def test_each_mount_is_a_row_under_the_heads_with_cause_and_fix_below(world):
    lines = table(world, "/tmp/a", "/tmp/a-longer-one")
    assert lines[0].split() == HEADS
    assert [line.split()[0] for line in lines[1::3]] == ["/tmp/a", "/tmp/a-longer-one"]
    for row, cause, fix in zip(lines[1::3], lines[2::3], lines[3::3]):
        assert row.split()[1:3] == ["waiting", "refused"] and row.split()[-1] == "127.0.0.1:/Users"
        assert cause == "  127.0.0.1 refuses connections to rpcbind (port 111) and NFS (port 2049)"
        assert fix == "  to do: NFS is not running on the Mac: sudo nfsd enable && sudo nfsd start"


@pytest.mark.parametrize("name", ["a-longer-one", "\u00fcber-\u9577\u3044"], ids=["ascii", "utf-8"])
def test_the_columns_are_aligned(world, name):
    lines = table(world, "/tmp/a", f"/tmp/{name}")
    for head in HEADS[1:]:
        column = lines[0].index(head)
        assert all(row[column - 1] == " " and row[column] != " " for row in (lines[0], lines[1], lines[4])), (head, lines)


def test_what_people_usually_have_fits_80_columns(world):
    assert max(map(len, table(world, "/Users"))) <= 80


def test_a_long_cause_is_broken_between_words_and_a_fix_never_is(world):
    place = "/mnt/" + 40 * "p"
    world.shell(f"mount -t tmpfs t /mnt && mkdir {place} && mount -t tmpfs somebody-elses-file-system {place}")
    world.settings(f"mount = 127.0.0.1:/Users:{place}", "wait = 0")
    world.run("start")
    lines = until("a verdict", lambda: "to do:" in world.run("status").stdout and world.run("status").stdout.splitlines())
    cause, fix = lines[2:-1], lines[-1]
    assert len(cause) == 2 and all(len(line) <= 80 for line in cause), cause
    assert " ".join(line.strip() for line in cause) == f"another file system is on {place}: tmpfs somebody-elses-file-system"
    assert len(fix) > 80 and fix == \
        "  to do: unmount it in the guest, choose another target, or set conflict = over to mount over it"


@pytest.mark.parametrize("age_s, since", [(3, "3s"), (150, "2m"), (600, "10m")])
def test_since_is_an_age_that_no_step_of_the_wall_clock_changes(world, age_s, since):
    """As if the clock had been years behind when the state began, and was put right since."""
    table(world, "/tmp/a")
    with world.paused():
        file = world.run_dir / "mount.01"
        began_s, wall_s = time.clock_gettime(time.CLOCK_BOOTTIME) - age_s, time.time() - age_s
        text = re.sub(r"since_ms=\d+ since=\S+ since_boot_ms=\d+", f"since_ms=1 since=1970-01-01T00:00:00.001Z "
                      f"since_boot_ms={int(began_s * 1000)}", file.read_text())
        file.write_text(text)
        shown = world.run("status").stdout.splitlines()[1].split()[3]
        # Seconds go by meanwhile, and more of them on a slow machine.
        late_s = int(time.clock_gettime(time.CLOCK_BOOTTIME) - began_s - age_s)
        assert shown in ([since] if age_s >= 60 else [f"{age_s + s}s" for s in range(late_s + 2)])
        told = re.search(r" since_ms=(\d+) since=(\S+) ", world.run("status", "--porcelain").stdout)
        assert abs(int(told[1]) / 1000 - wall_s) < 0.5
        assert told[2].startswith(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(told[1]) // 1000)))


def test_bytes_that_a_terminal_would_obey_are_shown_escaped(world):
    lines = table(world, r"/tmp/\033[31mred")
    assert r"\033[31mred" in lines[1] and not any("\033" in line for line in lines)
