# SPDX-License-Identifier: MIT
"""How the packer behaves at a terminal and in a pipe."""

import os
import pty
import re
import signal
import subprocess

import images
import pytest

from mac import Mac

VERBS = ["add", "remove", "status", "inspect", "verify", "doctor", "events"]


def at_terminal(command, env):
    """What a program writes when all its outputs are one terminal, and its exit code."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(list(map(str, command)), stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # EIO: the other end is closed
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    return text.decode(), running.wait(timeout=60)


@pytest.fixture
def mac(build, tmp_path):
    return Mac(build, tmp_path / "mac")


@pytest.fixture
def program(build):
    return build / "usermount-pack"


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "initrd.img"
    names = [images.file(f"usr/share/many-{number}", b"x") for number in range(5000)]
    path.write_bytes(images.gz(images.archive(images.moby_entries() + [images.directory("usr/share")] + names)))
    return path


@pytest.mark.parametrize("words", [["--help"], *([verb, "--help"] for verb in VERBS)], ids=" ".join)
def test_help_fits_one_screen(program, words):
    text = subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout
    lines = text.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80 and text.isascii()


def test_help_names_the_manual_and_every_exit_code(program):
    text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    codes = dict(re.findall(r"(\d) ([a-z][^,.\n]*)", text[text.index("Exit:"):].replace("\n", " ")))
    assert list(codes) == list("012345") and "usermount-pack(1)" in text


@pytest.mark.parametrize("no_color", [None, "1"])
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_there_is_no_colour(mac, program, image, no_color, term):
    """None at all, so there is none with NO_COLOR either."""
    env = {"PATH": os.environ["PATH"], "TERM": term, "USERMOUNT_SHARE": str(mac.share)}
    env |= {"NO_COLOR": no_color} if no_color else {}
    text = ""
    for words in (["--help"], ["doctor", "--root", mac.root], ["status", image], ["add", image], ["inspect", image],
                  ["verify", image], ["remove", image], ["nothing"]):
        text += at_terminal([program, *words], env)[0]
    assert "\x1b" not in text and "usermount-pack" in text


def test_errors_go_to_standard_error_alone(program, image, tmp_path):
    for words, code in ((["status", tmp_path / "missing"], 4), (["nothing"], 2), (["add", "--nothing", image], 2),
                        (["doctor", "--root", tmp_path / "missing"], 4), ([], 2)):
        done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (code, "") and done.stderr


def test_answers_go_to_standard_output_alone(mac):
    done = mac.doctor()
    assert done.stdout and not done.stderr


def test_a_reader_that_leaves_ends_it_quietly(program, image):
    running = subprocess.Popen([program, "inspect", "--list", image], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.readline()
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == -signal.SIGPIPE and said == b""


def test_a_reader_that_leaves_is_an_error_where_sigpipe_is_ignored(program, image):
    running = subprocess.Popen([program, "inspect", "--list", image], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               restore_signals=False, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == 4 and b"standard output" in said and said.count(b"\n") == 1


def test_doctor_s_report_that_cannot_be_written_is_an_error(mac):
    with open("/dev/full", "w") as full:
        done = subprocess.run([mac.program, "doctor", "--root", mac.root], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 4 and "standard output" in done.stderr


def test_the_manual_has_every_verb_and_its_options(program, repo):
    page = (repo / "docs/usermount-pack.1").read_text()
    synopsis = page[page.index(".Sh SYNOPSIS"):page.index(".Sh DESCRIPTION")]
    parts = re.split(r"^\.Cm ([a-z]+)$", synopsis, flags=re.M)[1:]
    told = {verb: {word for line in text.splitlines() if line.startswith(".Op Fl") for word in
                   re.findall(r"(?:^\.Op Fl|\|) (-?[a-z-]+)", line)} for verb, text in zip(parts[::2], parts[1::2])}
    assert list(told) == VERBS
    for verb in VERBS:
        text = subprocess.run([program, verb, "--help"], check=True, capture_output=True, text=True).stdout
        options = {word[1:] for word in re.findall(r"^  (--?[a-z-]+)", text, re.M)} - {"-help"}
        assert told[verb] == options, verb
        assert re.search(rf"^\.It Cm {verb}$", page, re.M), verb


def test_the_manual_and_help_tell_the_same_exit_codes(program, repo):
    page = (repo / "docs/usermount-pack.1").read_text()
    section = page[page.index(".Sh EXIT STATUS"):page.index(".Sh EXAMPLES")]
    told = dict(re.findall(r"^\.It (\d)\n(.*)", section, re.M))
    text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    short = dict(re.findall(r"(\d) ([a-z][^,.]*)", text[text.index("Exit:"):].replace("\n", " ")))
    assert list(told) == list(short) == list("012345")
    for code, word in zip("0134", ("done", "the answer is no", "bad", "the system refused")):
        assert word in short[code] and word in told[code].lower(), code
    assert short["5"] == "refused" and told["5"].startswith("Refused, because it could damage the image")
    assert "5 refused, because it could damage the image." in text.replace("\n", " ")


def test_the_manual_has_every_check_of_doctor(repo):
    page = (repo / "docs/usermount-pack.1").read_text()
    sources = "".join(path.read_text() for path in (repo / "packer/doctor").glob("*.c"))
    checks = set(re.findall(r'DOCTOR_(?:OK|NOTE|WRONG), "([a-z-]+)"', sources)) | \
        set(re.findall(r'\.check = "([a-z-]+)"', sources))
    named = re.search(r"^\.Cm check\n\.Pq (.*) ,$", page, re.M)[1].split(" , ")
    assert len(checks) >= 15 and set(named) == checks
