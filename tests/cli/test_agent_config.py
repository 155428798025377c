# SPDX-License-Identifier: MIT
"""usermount config: every key from every layer with its origin, and every fault with its place."""

import pytest

from agent import World

DEFAULTS = {
    "mount": "192.168.65.1:/Users:/Users", "server": "192.168.65.1", "options": "", "wait": "30", "strict": "no",
    "probe_timeout": "2", "retry_max": "2", "watch": "5", "conflict": "refuse", "containers": "heal",
    "events": "auto", "events_port": "20490",
    "loglevel": "info", "enable": "yes",
}
# key: (in the file, on the command line, as shown)
OTHERS = {
    "mount": ("mac:/a:/b:ro", "mac2:/c", ("mac:/a:/b:ro", "mac2:/c:/c")),
    "server": ("10.0.0.1", "gateway", ("10.0.0.1", "gateway")),
    "options": ("nocto,actimeo=60", "ro", ("nocto,actimeo=60", "ro")),
    "wait": ("10", "0", ("10", "0")),
    "strict": ("yes", "no", ("yes", "no")),
    "probe_timeout": ("0.5", "60", ("0.5", "60")),
    "retry_max": ("0.1", "3600", ("0.1", "3600")),
    "watch": ("0", "1.25", ("0", "1.25")),
    "conflict": ("over", "refuse", ("over", "refuse")),
    "containers": ("off", "report", ("off", "report")),
    "events": ("off", "refresh", ("off", "refresh")),
    "events_port": ("1", "65535", ("1", "65535")),
    "loglevel": ("debug", "error", ("debug", "error")),
    "enable": ("no", "yes", ("no", "yes")),
}


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    one.conf.write_text("")
    yield one
    one.close()


def shown(world, code=0):
    """{key: (value, origin)}; of several mounts the last."""
    done = world.run("config", "--porcelain")
    assert done.returncode == code, done.stderr
    values = {}
    for line in done.stdout.splitlines():
        rest, origin = line.rsplit(" origin=", 1)
        key, value = rest.split("=", 1)
        values[key] = (value, origin)
    return values


def test_without_any_settings_the_defaults_stand(world):
    world.conf.unlink()
    assert shown(world) == {key: (value, "default") for key, value in DEFAULTS.items()}


@pytest.mark.parametrize("key", DEFAULTS)
def test_a_later_layer_wins_key_by_key(world, key):
    in_file, in_cmdline, (file_shown, cmdline_shown) = OTHERS[key]
    world.conf.write_text(f"# comment\n\n{key} = {in_file}  # behind it\n")
    assert shown(world)[key] == (file_shown, "file:3")
    assert {k: v for k, v in shown(world).items() if k not in (key, "mount")} == \
        {k: (v, "default") for k, v in DEFAULTS.items() if k not in (key, "mount")}
    world.cmdline.write_text(f"quiet usermount.{key}={in_cmdline} ro\n")
    assert shown(world)[key] == (cmdline_shown, "cmdline:7")


def test_the_first_mount_of_a_layer_replaces_the_earlier_list(world):
    world.conf.write_text("mount = m:/a\nmount = m:/b\n")
    assert world.run("config", "--porcelain").stdout.splitlines()[:2] == \
        ["mount=m:/a:/a origin=file:1", "mount=m:/b:/b origin=file:2"]
    world.cmdline.write_text("usermount.mount=m:/c usermount.mount=m:/d")
    assert [line for line in world.run("config", "--porcelain").stdout.splitlines() if line.startswith("mount=")] == \
        ["mount=m:/c:/c origin=cmdline:1", "mount=m:/d:/d origin=cmdline:22"]


def test_quotes_and_escapes_are_those_of_the_kernel_and_of_fstab(world):
    world.conf.write_text('mount = "m:/My\\040Files:/u # no comment\\043"\n')
    assert shown(world, 0)["mount"][0] == "m:/My\\040Files:/u\\040\\043\\040no\\040comment\\043"
    world.cmdline.write_text('com.docker.driver="x", usermount.mount="m:/a b:/c" usermount.probe-timeout=1\n')
    assert shown(world)["mount"][0] == "m:/a\\040b:/c"
    assert shown(world)["probe_timeout"] == ("1", "cmdline:52")


# The line in the file: what is said of it; the default must stand.
FAULTS = {
    "waitt = 5": "column 1: unable to use waitt=5: no such key",
    "  wait = soon": "column 3: unable to use wait=soon: not a number of seconds in this key's range",
    "wait = 3601": "column 1: unable to use wait=3601: not a number of seconds in this key's range",
    "wait": "column 1: unable to use wait: not a `key = value` line",
    "wait =": "column 1: unable to use wait: no value",
    "strict = maybe": "column 1: unable to use strict=maybe: not one of this key's words",
    'wait = "5': 'column 1: unable to use wait=5: the quotes do not match',
    "server = a b": "column 1: unable to use server=a\\040b: not a name, IPv4 or [IPv6] address",
    "options = udp": "column 1: unable to use options=udp: UDP is refused",
    "options = addr=1.2.3.4": "column 1: unable to use options=addr=1.2.3.4: usermount sets this option from the server",
    "options = vers=4": "column 1: unable to use options=vers=4: only NFS version 3 is supported",
    "options = ro,,hard": "column 1: unable to use options=ro,,hard: not a mount option",
    "mount = Users": "column 1: unable to use mount=Users: not [SERVER:]/EXPORT[:/TARGET[:OPTIONS]]",
    "mount = /a/../b": "column 1: unable to use mount=/a/../b: not an absolute path without . and ..",
    "mount = /a\\04": "column 1: unable to use mount=/a\\13404: too long, or a bad \\ooo escape",
    "wait = 5\x01": "column 1: unable to use wait=\\0405\\001: the line holds a control character",
    "wait = " + "5" * 2100: "column 1: unable to use wait",
}


@pytest.mark.parametrize("line", FAULTS, ids=lambda line: line[:20].encode("unicode_escape").decode())
def test_a_fault_is_named_with_layer_line_and_column_and_the_default_stands(world, line):
    world.conf.write_text("# one\n" + line + "\n")
    done = world.run("config", "--porcelain")
    assert done.returncode == 4
    assert done.stderr.startswith(f"usermount: usermount.conf line 2 {FAULTS[line]}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert shown(world, 4) == {key: (value, "default") for key, value in DEFAULTS.items()}


def test_a_fault_on_the_command_line_is_named_with_its_column(world):
    world.cmdline.write_text("quiet usermount.wait=x usermount.watch=7\n")
    done = world.run("config", "--porcelain")
    assert done.returncode == 4
    assert done.stderr == "usermount: kernel command line column 7: unable to use wait=x: " \
                          "not a number of seconds in this key's range\n"
    assert shown(world, 4)["watch"] == ("7", "cmdline:24")


def test_more_than_32_mounts_and_targets_that_collide_are_faults(world):
    world.conf.write_text("".join(f"mount = m:/e{i}\n" for i in range(33)))
    done = world.run("config", "--porcelain")
    assert done.returncode == 4 and "line 33 column 1: unable to use mount=m:/e32: more than 32 mounts" in done.stderr
    assert sum(line.startswith("mount=") for line in done.stdout.splitlines()) == 32
    world.conf.write_text("mount = m:/a\nmount = n:/b:/a\nmount = n:/c:/a/b\n")
    done = world.run("config", "--porcelain")
    assert done.returncode == 4 and "line 2" in done.stderr and "line 3" in done.stderr
    assert sum(line.startswith("mount=") for line in done.stdout.splitlines()) == 1


def test_for_people_each_line_is_one_of_the_file_with_its_origin(world):
    done = world.run("config")
    assert done.returncode == 0
    again = "".join(line.rsplit("#", 1)[0] + "\n" for line in done.stdout.splitlines())
    world.conf.write_text(again)
    assert [value for value, _ in shown(world).values()] == list(DEFAULTS.values())
