# SPDX-License-Identifier: MIT
"""Guests of every kind: several, silent, deaf and hostile ones; ports, versions and signals."""

import os
import re
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import proc
import pytest

from client import BELOW, FOLDERS, HELLO, MAGIC, PING, UNKNOWN, WATCHED, Closed, Guest, frame, hello, string
from conftest import USERS


def dropped(guest, limit_s=12):
    """How long it took until the watcher hung up."""
    began = time.monotonic()
    try:
        while guest.read(limit_s):
            pass
    except (Closed, ConnectionResetError):
        return time.monotonic() - began
    raise AssertionError(f"the watcher has not hung up in {limit_s} s")


def why(watcher):
    return [line["why"] for line in watcher.lines("gone")]


def memory_kib(watcher):
    text = open(f"/proc/{watcher.pid()}/smaps_rollup").read()
    return int(re.search(r"Pss_Anon: +(\d+) kB", text)[1])


def test_several_guests_are_told_each_of_what_it_wants(users, watch, join):
    watch("--exclude", "*/quiet")
    one, two = join(b"/Users"), join(b"/Users/me", b"/Users")
    (users / "me/quiet").mkdir()
    two.name_folders(1, 1, b"me/quiet")
    (users / "me/quiet/f").touch()
    (users / "me/f").touch()
    one.until(lambda: b"me/f" in one.paths())
    two.until(lambda: (0, b"f") in [(record.export, record.path) for record in two.records] and b"me/f" in two.paths())
    for guest in (one, two):
        guest.quiet(0.1)
    assert set(one.paths()) == {b"me/f"}
    assert {(record.export, record.path) for record in two.records} == {(0, b"f"), (1, b"me/f"), (1, b"me/quiet/f")}
    two.close()
    one.drain()
    (users / "me/g").touch()
    one.until(lambda: b"me/g" in one.paths())


def test_a_guest_that_comes_later_is_told_what_another_has_heard(users, watch, join):
    """What was told is an echo for who was told; a chown that the new guest could have missed is told to it."""
    watch()
    one = join(b"/Users")
    (users / "me/f").write_bytes(b"x")
    one.until(lambda: b"me/f" in one.paths())
    one.quiet(0.1)
    two = join(b"/Users")
    os.chown(users / "me/f", 0, -1)
    two.until(lambda: b"me/f" in two.paths())


def test_eight_guests_are_served_and_the_ninth_is_sent_away(users, watch, join):
    watcher = watch()
    guests = [join(b"/Users") for _ in range(8)]
    ninth = join()
    assert dropped(ninth) < 2
    (users / "me/f").touch()
    for guest in guests:
        guest.until(lambda: b"me/f" in guest.paths())
    proc.until("its line", lambda: watcher.lines("full"), 5)
    guests[3].close()
    proc.until("the guest is gone", lambda: why(watcher) == ["hung-up"], 5)
    tenth = join(b"/Users")
    (users / "me/g").touch()
    tenth.until(lambda: b"me/g" in tenth.paths())


def test_strangers_that_say_nothing_keep_no_guest_out(users, watch, join):
    watcher = watch()
    strangers = [join() for _ in range(20)]
    guest = join(b"/Users")
    assert guest.states == {0: WATCHED}
    assert why(watcher).count("room") == 13
    assert strangers


def test_a_ping_is_answered_and_a_silent_guest_is_dropped_after_ten_seconds(users, watch, join):
    watcher = watch()
    guest, silent = join(b"/Users"), join(b"/Users")
    for token in (0, 1, 2**64 - 1):
        asked = time.monotonic()
        guest.ping(token)
        assert time.monotonic() - asked < 0.5
    assert 9.5 < dropped(silent) < 11
    assert dropped(guest) < 2
    assert why(watcher) == ["silent", "silent"]


def test_a_guest_that_pings_stays(users, watch, join):
    watch()
    guest = join(b"/Users")
    for _ in range(4):
        time.sleep(3.5)
        guest.ping()
    (users / "me/f").touch()
    guest.until(lambda: b"me/f" in guest.paths())


def test_a_version_that_is_not_known_is_answered_and_may_be_corrected(users, watch, join):
    watcher = watch()
    guest = join()
    guest.names = (b"/Users",)
    guest.send(frame(HELLO, MAGIC + struct.pack(">H", 2) + b"what version 2 says\xff\0"))
    guest.until(lambda: guest.refusal)
    assert guest.refusal == (1, 1)
    guest.send(hello(b"/Users"))
    guest.until(lambda: guest.states == {0: WATCHED})
    assert [line["version"] for line in watcher.lines("version")] == ["2"]


def test_a_guest_that_says_only_what_is_not_known_is_dropped(users, watch, join):
    watch()
    guest = join()
    guest.send(hello(b"/Users", version=9))
    guest.until(lambda: guest.refusal)
    began = time.monotonic()
    try:
        while time.monotonic() - began < 15:
            guest.send(hello(b"/Users", version=9))
            guest.read(1)
    except (Closed, ConnectionError):
        pass
    assert 8 < time.monotonic() - began < 12


GREETING = hello(b"/Users")
PING_FRAME = frame(PING, b"12345678")


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\0\0\xff\xfd" + b"x" * 70000,
    frame(0, b""), frame(0x81, MAGIC + b"\0\1"), frame(0x85, b"\0"),
    frame(HELLO, b"UMEX\0\1\1" + string(b"/Users")),
    frame(HELLO, MAGIC + b"\0\1\0"),
    frame(HELLO, MAGIC + b"\0\1\1" + string(b"Users")),
    frame(HELLO, MAGIC + b"\0\1\1" + string(b"/Users/../etc")),
    frame(HELLO, MAGIC + b"\0\1\1" + string(b"/U\0")),
    frame(HELLO, MAGIC + b"\0\1\2" + string(b"/Users")),
    frame(HELLO, MAGIC + b"\0\1\1" + string(b"/Users") + b"!"),
    frame(HELLO, MAGIC + b"\0\1\41" + string(b"/a") * 33),
    PING_FRAME,
    frame(FOLDERS, struct.pack(">BIH", 0, 1, 0)),
    GREETING + GREETING,
    GREETING + frame(PING, b"1234567"),
    GREETING + frame(FOLDERS, struct.pack(">BIH", 1, 1, 0)),
    GREETING + frame(FOLDERS, struct.pack(">BIH", 0, 1, 1) + string(b"/etc")),
    GREETING + frame(FOLDERS, struct.pack(">BIH", 0, 1, 1) + string(b"a/../../etc")),
    GREETING + frame(FOLDERS, struct.pack(">BIH", 0, 1, 257) + string(b"a") * 257),
    GREETING + frame(0x81, MAGIC + b"\0\1"),
], ids=range(24))
def test_who_breaks_a_rule_is_dropped_at_once_and_nobody_else(users, watch, join, data):
    watcher = watch()
    good, bad = join(b"/Users"), join()
    bad.names = (b"/Users",)
    bad.send(data)
    assert dropped(bad) < 2
    assert why(watcher) == ["protocol"]
    (users / "me/f").touch()
    good.until(lambda: b"me/f" in good.paths())


def test_a_trickle_is_no_sign_of_life(users, watch, join):
    watcher = watch()
    guest = join()
    began = time.monotonic()
    try:
        for byte in hello(b"/Users" + b"/x" * 100):
            guest.send(bytes([byte]))
            guest.read(0.5)
    except (Closed, ConnectionError):
        pass
    assert 9.5 < time.monotonic() - began < 12
    assert why(watcher) == ["silent"]


def test_a_hello_in_single_bytes_is_a_hello(users, watch, join):
    watch()
    guest = join()
    guest.names = (b"/Users",)
    guest.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in GREETING + PING_FRAME:
        guest.send(bytes([byte]))
    guest.until(lambda: guest.states == {0: WATCHED} and guest.pongs)


def test_a_guest_that_never_reads_costs_little_and_hears_of_everything_when_it_does(users, watch, netns):
    watcher = watch()
    good, deaf = Guest(netns), Guest(netns)
    deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    good.greet(b"/Users")
    deaf.greet(b"/Users")
    folder = users / "me" / ("d" * 200)
    folder.mkdir()
    before = memory_kib(watcher)
    began = time.monotonic()
    for round in range(20):
        if time.monotonic() - began > 5:  # who reads nothing for ten seconds is dropped
            break
        for number in range(1000):
            (folder / f"{'f' * 150}-{number}").write_bytes(b"x" * round)
        good.ping()
        deaf.send(PING_FRAME)
        good.quiet(0.05)
    (users / "me/last").touch()
    good.until(lambda: b"me/last" in good.paths())
    assert round >= 3 and memory_kib(watcher) - before < 8 << 10
    deaf.drain()
    deaf.until(lambda: any(record.flags == BELOW and record.path == b"" for record in deaf.records))
    deaf.quiet(0.2)
    (users / "me/after").touch()
    deaf.until(lambda: b"me/after" in deaf.paths())
    good.close()
    deaf.close()
    proc.until("both are gone", lambda: len(why(watcher)) == 2, 5)
    assert int(watcher.lines("gone")[1]["overflows"]) >= 1 or int(watcher.lines("gone")[0]["overflows"]) >= 1


def test_a_guest_that_takes_nothing_for_ten_seconds_is_dropped(users, watch, netns):
    watcher = watch()
    deaf = Guest(netns)
    deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
    deaf.greet(b"/Users")
    folder = users / "me" / ("d" * 200)
    folder.mkdir()
    began = time.monotonic()
    while time.monotonic() - began < 25 and not watcher.lines("gone"):
        for number in range(2000):
            (folder / f"{'f' * 150}-{number}").touch()
        try:
            deaf.send(PING_FRAME)
        except ConnectionError:
            break
        time.sleep(1)
    assert why(watcher) == ["deaf"]
    deaf.close()


def test_an_export_that_is_not_served_says_nothing_of_it(users, watch, join):
    watch()
    guest = join(b"/Users", b"/", b"/etc", b"/Usersx", b"/mnt")
    assert guest.states == {0: WATCHED, 1: UNKNOWN, 2: UNKNOWN, 3: UNKNOWN, 4: UNKNOWN}
    (users.parent / "x").touch()
    (users / "me/f").touch()
    guest.until(lambda: b"me/f" in guest.paths())
    assert {record.export for record in guest.records} == {0}


def test_32_exports_are_served(users, watch, join):
    watch()
    names = [b"/Users/%d" % number for number in range(32)]
    for name in names:
        (users / name.decode().rsplit("/", 1)[1]).mkdir()
    guest = join(*names)
    assert set(guest.states.values()) == {WATCHED}
    (users / "31/f").touch()
    guest.until(lambda: (31, b"f") in [(record.export, record.path) for record in guest.records])


def test_more_folders_than_it_watches_at_once_are_not_served(users, watch, join):
    watch()
    guests = [join(*(b"/Users/%d-%d" % (guest, number) for number in range(32))) for guest in range(3)]
    states = [state for guest in guests for state in guest.states.values()]
    assert states.count(UNKNOWN) == 32
    guests[0].close()
    again = join(b"/Users/new")
    proc.until("there is room", lambda: join(b"/Users").states == {0: WATCHED}, 5)
    assert again.states


def test_strangers_do_not_fill_the_journal(users, watch, netns):
    watcher = watch()
    for _ in range(700):
        stranger = Guest(netns)
        stranger.send(b"GET / HTTP/1.1\r\n\r\n")
        dropped(stranger)
        stranger.close()
    assert len(watcher.text().splitlines()) <= 2 * 300 + 2, "not even when a minute ends in between"


# ------------------------------------------------------------------------------------------------ ports and signals

def run(netns, program, *words):
    return subprocess.run([*netns.enter, program, "events", *map(str, words)], text=True, capture_output=True, timeout=20)


def test_it_listens_on_the_loopback_address_alone(users, watch, netns):
    watch()
    watch("--port", "20491")
    text = netns.run("ss", "-tlnH")
    assert sorted(re.findall(r"(\S+):2049[01]\s", text)) == ["127.0.0.1", "127.0.0.1"], text


def test_a_second_one_says_that_it_runs_already_and_where(users, watch, netns, program):
    watcher = watch()
    done = run(netns, program, f"/Users={USERS}")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "usermount-pack: unable to listen on 127.0.0.1:20490: usermount-pack events is already running: " \
        f"usermount-pack (process {watcher.pid()})\n"
    proc.until("its line", lambda: why(watcher) == ["hung-up"], 5)


@pytest.mark.parametrize("speaks", [False, True])
def test_a_port_that_another_program_has_names_it(netns, program, speaks):
    server = netns.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", 20490))
    server.listen()
    if speaks:  # what answers at once is no watcher all the same
        import threading
        threading.Thread(target=lambda: server.accept()[0].send(b"220 hello\r\n"), daemon=True).start()
    began = time.monotonic()
    done = run(netns, program)
    name = open(f"/proc/{os.getpid()}/comm").read().strip()
    assert done.returncode == 4 and done.stdout == ""
    assert done.stderr == f"usermount-pack: unable to listen on 127.0.0.1:20490: {name} (process {os.getpid()}) uses the port; " \
        "stop it, or choose another port with --port and events_port\n"
    assert time.monotonic() - began < 8
    server.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_with_its_guests(users, watch, join, number):
    watcher = watch()
    guest = join(b"/Users")
    os.kill(watcher.pid(), number)
    assert watcher.process.wait(timeout=5) == 0
    assert dropped(guest) < 1
    assert why(watcher) == ["ends"] and watcher.text().splitlines()[-1].endswith("event=ends")


def test_it_can_be_started_again_at_once(users, watch, join):
    for _ in range(3):
        watcher = watch()
        guest = join(b"/Users")
        assert watcher.end() == 0
        guest.close()


def test_without_guests_it_watches_nothing_and_sleeps(users, watch, join):
    watcher = watch()
    guest = join(b"/Users")
    guest.close()
    proc.until("the guest is gone", lambda: why(watcher) == ["hung-up"], 5)
    fds = Path(f"/proc/{watcher.pid()}/fd")
    proc.until("it watches nothing", lambda: not any("fanotify" in os.path.realpath(fd) for fd in fds.iterdir()), 5)
    switches = lambda: int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", open(f"/proc/{watcher.pid()}/status").read(), re.M)[1])  # noqa: E731
    time.sleep(0.3)
    before = switches()
    for number in range(100):
        (users / str(number)).touch()
    time.sleep(3)
    assert switches() == before


def test_it_keeps_no_file_system_from_being_unmounted(users, watch, join, netns):
    netns.run("mkdir", "/mnt/Users/disk")
    netns.run("mount", "-t", "tmpfs", "disk", "/mnt/Users/disk")
    watch()
    guest = join(b"/Users/disk")
    assert guest.states == {0: WATCHED}
    first = guest.inodes[0]
    (users / "disk/f").touch()
    guest.until(lambda: b"f" in guest.paths())
    netns.run("umount", "/mnt/Users/disk")
    guest.until(lambda: guest.states[0] == WATCHED and guest.inodes[0] != first)


@pytest.mark.parametrize("words, complaint", [
    (["--port", "0"], "use --port: a port is"), (["--port", "65536"], "a port is"), (["--port", "x"], "a port is"),
    (["Users"], "an EXPORT is a path"), (["/Users="], "the FOLDER of"), (["--exclude", "/x"], "a pattern is"),
    (["--exclude", "a/../b"], "a pattern is"), (["--nothing"], "unknown option"), (["/x"] * 33, "at most 32 exports are allowed"),
])
def test_a_wrong_command_line_is_refused(netns, program, words, complaint):
    done = run(netns, program, *words)
    assert (done.returncode, done.stdout) == (2, "") and complaint.split(": ")[-1] in done.stderr
    assert not re.search(r"listens", done.stderr)


def test_a_journal_that_nobody_takes_does_not_end_it(users, netns, program, join):
    """Its reader goes away: it watches on."""
    running = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *netns.enter, program, "events", f"/Users={USERS}"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert b"listens on 127.0.0.1:20490 for guests of /Users in /mnt/Users\n" in running.stdout.readline()
    running.stdout.close()
    guest = join(b"/Users")
    (users / "me/f").touch()
    guest.until(lambda: b"me/f" in guest.paths())
    running.terminate()
    assert running.wait(timeout=5) == 0
