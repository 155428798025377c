# SPDX-License-Identifier: MIT
"""usermount's verbs, options, exit codes and messages, by the real static binary."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from agent import AGENT, World, until

YES, NO, USAGE, NOT_RUNNING, BAD_CONFIG, SYSTEM = range(6)
VERBS = ["start", "run", "stop", "status", "wait", "retry", "probe", "config"]
OPTIONS = ["--config FILE", "--cmdline FILE", "--log FILE", "--run-dir DIR", "--porcelain", "--help", "--version"]


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    yield one
    one.close()


def run(*words, **more):
    return subprocess.run([AGENT, *words], text=True, capture_output=True, timeout=10, **more)


def test_help_names_everything_and_fits_a_terminal():
    done = run("--help")
    lines = done.stdout.splitlines()
    assert done.returncode == YES and done.stderr == ""
    assert len(lines) <= 24 and max(map(len, lines)) <= 80, max(lines, key=len)
    for verb in VERBS:
        assert re.search(rf"^  {verb} ", done.stdout, re.M), verb
    for option in OPTIONS:
        assert option in done.stdout, option
    assert run("-h").stdout == done.stdout


def test_version_is_one_line():
    done = run("--version")
    assert done.returncode == YES and re.fullmatch(r"usermount \d+\.\d+\.\d+\n", done.stdout)


def test_the_binary_needs_nothing_else():
    headers = subprocess.run(["readelf", "-lW", AGENT], text=True, capture_output=True, check=True).stdout
    assert "INTERP" not in headers and "DYNAMIC" not in headers
    assert AGENT.stat().st_size <= 256 * 1024


@pytest.mark.parametrize("words", [
    [], ["bogus"], ["--bogus", "status"], ["--config"], ["status", "--log"], ["stop", "now"], ["probe", "/a", "/b"],
    ["--porcelain", "start"], ["--porcelain", "wait"], ["wait", "abc"], ["wait", "-1"], ["wait", "86401"],
], ids=" ".join)
def test_a_wrong_command_line_is_exit_2_and_one_line(words):
    done = run(*words)
    assert done.returncode == USAGE and done.stdout == ""
    assert re.fullmatch(r"usermount: unable to .*\n", done.stderr)


HOSTILE = "\x1b[2J\x9b\n\u0085j\u00fcrgen"
SHOWN = "\\033[2J\\302\\233\\012\\302\\205j\u00fcrgen"


@pytest.mark.parametrize("words, said", [
    ([HOSTILE], "read the command line: unknown verb {}; see usermount --help"),
    (["--" + HOSTILE, "status"], "read the command line: unknown option --{}; see usermount --help"),
    (["status", HOSTILE], "read the command line: too many operands after status; see usermount --help"),
    (["wait", HOSTILE], "read the command line: not a number of seconds up to 86400: {}; see usermount --help"),
    (["probe", HOSTILE], "probe {}: not [SERVER:]/EXPORT[:/TARGET[:OPTIONS]]"),
    (["--run-dir", "/dev/null/" + HOSTILE, "status"], "see the daemon in /dev/null/{}: Not a directory"),
], ids=["verb", "option", "words", "wait", "probe", "run-dir"])
def test_bytes_of_an_argument_stay_text_in_every_message(words, said):
    done = run(*words)
    assert done.stderr == f"usermount: unable to {said.format(SHOWN)}\n"


def test_a_server_is_probed_for_its_root_without_a_target(world):
    done = world.run("probe", "127.0.0.1:/")
    assert done.returncode == NO and done.stdout.startswith("127.0.0.1:/\n"), done.stderr
    assert "\nverdict: refused: " in done.stdout


def test_a_wrong_operand_of_probe_is_exit_2(world):
    done = world.run("probe", "nonsense")
    assert done.returncode == USAGE and "[SERVER:]/EXPORT" in done.stderr


@pytest.mark.parametrize("verb", ["status", "wait", "retry"])
def test_without_a_daemon_the_answer_is_exit_3(world, verb):
    done = world.run(verb)
    assert done.returncode == NOT_RUNNING and done.stdout == "" and done.stderr == "usermount: not running\n"


def test_stop_without_a_daemon_is_done_already(world):
    assert world.run("stop").returncode == YES


def test_a_directory_that_cannot_be_made_is_exit_5_and_names_errno(world):
    (world.folder / "run").write_text("a file")
    done = world.run("start")
    assert done.returncode == SYSTEM
    assert done.stderr == f"usermount: unable to open {world.run_dir}: Not a directory\n"
    (world.folder / "run").unlink()


def test_start_status_retry_stop(world):
    assert world.run("start").returncode == YES
    status = world.run("status")
    assert status.returncode == NO
    assert f"{world.folder}/target  " in status.stdout and "127.0.0.1:/Users" in status.stdout
    until("a verdict", lambda: "nfsd start" in world.run("status").stdout)
    assert world.run("retry").returncode == YES
    assert world.run("stop").returncode == YES
    assert world.run("status").returncode == NOT_RUNNING
    assert world.lines("start") and world.lines("failed") and world.lines("stopped") and world.lines("end")


def test_status_porcelain_is_one_line_of_stable_keys(world):
    world.run("start")
    until("a verdict", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    line = world.run("status", "--porcelain").stdout
    keys = re.findall(r'(?:^| )([a-z_]+)=(?:"(?:[^"\\]|\\.)*"|[^ \n]*)', line)
    assert keys == ["target", "source", "state", "since_ms", "since", "since_boot_ms", "attempts", "made", "behind", "verdict", "cause", "fix"]
    assert line.count("\n") == 1 and " state=waiting " in line
    with world.paused():
        assert all(os.stat(path).st_mode & 0o044 == 0o044 for path in world.run_dir.iterdir() if path.name != "lock")


def test_a_second_start_is_fine_when_equal_and_refused_when_not(world):
    world.run("start")
    pid = world.pid()
    again = world.run("start")
    assert again.returncode == YES and f"already running (pid {pid})" in again.stdout
    world.settings(f"mount = 127.0.0.1:/Users:{world.folder}/other", "wait = 0")
    other = world.run("start")
    assert other.returncode == NO and "with other settings" in other.stderr
    assert world.pid() == pid


def test_a_stale_pid_file_means_nothing(world):
    world.run_dir.mkdir()
    (world.run_dir / "pid").write_text("1\n")
    assert world.run("status").returncode == NOT_RUNNING
    assert world.run("start").returncode == YES
    assert world.pid() != 1


def test_a_killed_daemon_is_not_running_and_can_be_started_again(world):
    world.run("start")
    os.kill(world.pid(), 9)
    until("it is gone", lambda: world.run("status").returncode == NOT_RUNNING)
    assert world.run("start").returncode == YES


def target(world):
    return f"mount = 127.0.0.1:/Users:{world.folder}/target"


@pytest.mark.parametrize("strict, code", [("no", YES), ("yes", NO)])
def test_start_holds_exactly_wait_seconds(world, strict, code):
    world.settings(target(world), "wait = 1", f"strict = {strict}")
    began = time.monotonic()
    done = world.run("start")
    took = time.monotonic() - began
    assert done.returncode == code and 1.0 <= took < 1.5, took
    assert "is not mounted (refused): " in done.stderr
    assert len(world.lines("wait-over")) == 1
    assert world.run("status").returncode == NO  # and it goes on trying


def test_a_start_that_does_not_wait_says_no_more_than_it_knows(world):
    """The first attempt is under way: there is neither a verdict nor a cause."""
    world.settings(f"mount = 192.0.2.1:/Users:{world.folder}/target", "wait = 0")
    world.shell("ip link add d0 type dummy && ip addr add 192.0.2.9/24 dev d0 && ip link set d0 up")  # nobody answers
    done = world.run("start")
    assert (done.returncode, done.stdout, done.stderr) == (YES, "", f"usermount: {world.folder}/target is not mounted yet\n")


def test_wait_ends_at_its_limit(world):
    world.run("start")
    began = time.monotonic()
    assert world.run("wait", "0.5").returncode == NO
    assert 0.5 <= time.monotonic() - began < 1
    assert world.run("wait", "0").returncode == NO


def test_wait_ends_when_the_daemon_does(world):
    world.run("start")
    waiting = subprocess.Popen([*world.enter, AGENT, *world.options(), "wait"], stderr=subprocess.DEVNULL)
    until("it is waiting", lambda: any("inotify" in os.path.realpath(fd) for fd in Path(f"/proc/{waiting.pid}/fd").iterdir()))
    world.run("stop")
    assert waiting.wait(5) == NOT_RUNNING


def test_disabled_says_so_and_does_nothing(world):
    world.settings("enable = no")
    done = world.run("start")
    assert done.returncode == YES and "enable=no" in done.stdout
    assert world.lines("disabled") and not world.run_dir.exists()


def test_run_stays_in_the_foreground_and_ends_at_sigterm(world):
    with subprocess.Popen([*world.enter, AGENT, *world.options(), "run"], stderr=subprocess.PIPE, text=True) as running:
        until("it runs", lambda: (world.run_dir / "daemon").exists())
        assert world.pid() == running.pid
        running.terminate()
        assert running.wait(5) == YES
        assert "event=start" in running.stderr.read()


@pytest.mark.parametrize("where", ["/dev/full", "closed pipe"])
def test_what_could_not_be_written_was_not_said(world, where):
    if where == "/dev/full":
        out = os.open(where, os.O_WRONLY)
    else:
        end, out = os.pipe()
        os.close(end)
    for verb in ("--help", "--version", "config"):
        done = world.run(verb, capture_output=False, stdout=out, stderr=subprocess.PIPE)
        assert done.returncode == SYSTEM and "unable to write standard output" in done.stderr, verb
    os.close(out)
