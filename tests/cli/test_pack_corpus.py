# SPDX-License-Identifier: MIT
"""What inspect and verify say of each image of the corpus. tests/guest/test_corpus.py asks a real kernel."""

import subprocess

import pytest

import corpus
import images

PREFIX = images.archive([images.file("init", b"#!/bin/sh\n", 0o755)])


def run(build, *arguments):
    return subprocess.run([build / "usermount-pack", *arguments], capture_output=True, text=True)


def faults_of(output):
    return [dict(word.split("=", 1) for word in line.split(" ")) for line in output.splitlines()
            if line.startswith("fault=")]


@pytest.mark.parametrize("name", corpus.CASES)
def test_faults_are_named_and_refused(build, tmp_path, name):
    case = corpus.CASES[name]
    image = tmp_path / "image"
    image.write_bytes(case.build(PREFIX))
    done = run(build, "inspect", "--list", "--porcelain", image)
    if name == "empty":
        assert done.returncode == 3 and "an empty file" in done.stderr
        return
    words = [fault["fault"] for fault in faults_of(done.stdout)]
    if case.faults is None:
        assert words, done.stdout
    else:
        assert sorted(words) == sorted(case.faults), done.stdout
    stops = any(fault["stops"] == "yes" for fault in faults_of(done.stdout))
    if name != "gzip-cut-trailer":
        assert stops == (case.message is not None)
    assert done.returncode == (3 if words else 0)
    assert ("path=init " in done.stdout) == case.boots or name == "gzip-cut-trailer"
    checked = run(build, "verify", image)
    assert checked.returncode == done.returncode
    if words:
        assert checked.stderr.startswith(f"usermount-pack: unable to accept {image}: ")
        assert " at byte " in checked.stderr and checked.stderr.count("\n") == 1


@pytest.mark.parametrize("name", corpus.CASES)
def test_what_is_empty_on_linux_4_is_listed(build, tmp_path, name):
    image = tmp_path / "image"
    image.write_bytes(corpus.CASES[name].build(PREFIX))
    lines = run(build, "inspect", "--porcelain", image).stdout.splitlines()
    empty = [line.removeprefix("empty_on_linux_4=") for line in lines if line.startswith("empty_on_linux_4=")]
    assert empty == corpus.EMPTY_ON_LINUX_4.get(name, [])


def test_a_skipped_hard_link_is_named_with_its_segment_and_kernels(build, tmp_path):
    image = tmp_path / "image"
    image.write_bytes(corpus.CASES["hard-links-over-other-files"].build(PREFIX))
    faults = faults_of(run(build, "inspect", "--porcelain", image).stdout)
    assert [(f["segment"], f["inside"], f["path"]) for f in faults] == [("3", "112", "b"), ("3", "224", "c")]
    done = run(build, "verify", image)
    assert done.returncode == 3
    assert done.stderr == (f"usermount-pack: unable to accept {image}: segment 3 (gzip) at byte {faults[0]['offset']}, "
                           "unpacked byte 112, /b: a hard link has the name of an existing file; Linux 4.4 and 4.9 skip "
                           "it and its data; and 1 more\n")
    shown = run(build, "inspect", image).stdout
    assert "  fault: segment 3 (gzip) at byte " in shown and "Empty on Docker for Mac's kernels" not in shown
    image.write_bytes(corpus.CASES["hard-links-over-themselves"].build(PREFIX))
    assert ("\nEmpty on Docker for Mac's kernels, Linux 4.4 and 4.9:\n  /a\n  /b\n  /c\n"
            in run(build, "inspect", image).stdout)


def test_who_stops_at_a_fault_is_said_as_it_is(build, tmp_path):
    image = tmp_path / "image"
    for name, words in {"header-name-not-ended": "  later kernels stop: segment 2 (gzip) at byte ",
                        "header-crc": "  Docker for Mac's kernel stops: segment 2 (gzip) at byte ",
                        "header-blank": "  later kernels stop: segment 2 (gzip) at byte ",
                        "compressor-xz": "  Docker for Mac's kernel stops: segment 3 (xz) at byte ",
                        "junk-behind-raw": "  the kernel stops: segment 2 (raw) at byte ",
                        "gzip-bad-crc": "  fault: segment 2 (gzip) at byte "}.items():
        image.write_bytes(corpus.CASES[name].build(PREFIX))
        assert words in run(build, "inspect", image).stdout, name


def test_nothing_behind_a_stop_is_listed(build, tmp_path):
    for name, case in corpus.CASES.items():
        if case.message is None or not case.boots:
            continue
        image = tmp_path / "image"
        image.write_bytes(case.build(PREFIX))
        assert "path=after " not in run(build, "inspect", "--list", "--porcelain", image).stdout, name


@pytest.mark.parametrize("name", ["gzip-first", "raw-cut-data", "gzip-bad-crc", "tree-many", "zeros-70001"])
def test_standard_input_gives_the_same_answer(build, tmp_path, name):
    image = tmp_path / "image"
    image.write_bytes(corpus.CASES[name].build(PREFIX))
    from_file = run(build, "inspect", "--list", "--porcelain", image)
    with image.open("rb") as stream:
        piped = subprocess.run([build / "usermount-pack", "inspect", "--list", "--porcelain", "-"], stdin=stream,
                               capture_output=True, text=True)
    assert piped.stdout == from_file.stdout
    assert piped.returncode == from_file.returncode


def test_offsets_and_sizes_are_exact(build, tmp_path):
    one = images.gz(corpus.ONE)
    image = tmp_path / "image"
    image.write_bytes(PREFIX + one + bytes(-len(one) % 4 + 8) + corpus.TWO)
    segments = [dict(word.split("=", 1) for word in line.split(" "))
                for line in run(build, "inspect", "--porcelain", image).stdout.splitlines()
                if line.startswith("segment=")]
    got = [(int(s["offset"]), int(s["size"]), s["compressor"], int(s["entries"]), int(s["unpacked"])) for s in segments]
    end = len(PREFIX) + len(one)
    assert got == [(0, len(PREFIX), "raw", 1, len(PREFIX)),
                   (len(PREFIX), len(one), "gzip", 1, len(corpus.ONE)),
                   (end + -len(one) % 4 + 8, len(corpus.TWO), "raw", 1, len(corpus.TWO))]


def test_the_table_fits_80_columns(build, tmp_path):
    image = tmp_path / "image"
    image.write_bytes(images.two_archives())
    done = run(build, "inspect", image)
    assert done.returncode == 0
    assert all(len(line) <= 80 for line in done.stdout.splitlines()), done.stdout


def test_overrides_and_drops_are_told(build, tmp_path):
    image = tmp_path / "image"
    image.write_bytes(images.pad4(images.moby()) + images.gz(images.archive([
        images.file("init", b"other", 0o755),
        images.directory("etc", 0o700),
        images.directory("bin", 0o755),
        images.file("no/where", b"lost"),
        images.file("etc", b"in place of a directory"),
    ])))
    done = run(build, "inspect", "--porcelain", image)
    notes = [line for line in done.stdout.splitlines() if line.startswith("note=")]
    assert notes == [
        "note=rewritten segment=2 before=1 path=init",
        "note=merged segment=2 before=1 path=etc",
        "note=dropped segment=2 before=0 path=no/where reason=its\\040parent\\040or\\040link\\040target\\040"
        "does\\040not\\040exist",
        "note=dropped segment=2 before=1 path=etc reason=the\\040name\\040is\\040a\\040directory",
    ]
    assert "overrides=2 dropped=2" in done.stdout
