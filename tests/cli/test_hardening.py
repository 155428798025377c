# SPDX-License-Identifier: MIT
"""The two programs as the linker left them: nothing writable is executable, relocations are read-only, stacks are guarded."""

import subprocess

import pytest

AGENT, PACKER = "usermount", "usermount-pack"


def readelf(build, program, *options):
    return subprocess.run(["readelf", "-W", *options, build / program], capture_output=True, text=True, check=True).stdout


def segments(build, program):
    """[(type, flags)] of the program headers."""
    rows = [line.split() for line in readelf(build, program, "-l").splitlines()]
    return [(row[0], "".join(row[6:-1])) for row in rows if len(row) > 7 and row[1].startswith("0x")]


@pytest.mark.parametrize("program", [AGENT, PACKER])
def test_no_segment_is_both_writable_and_executable(build, program):
    found = segments(build, program)
    assert [flags for kind, flags in found if kind == "LOAD"]
    assert not [row for row in found if "W" in row[1] and "E" in row[1]], found


@pytest.mark.parametrize("program", [AGENT, PACKER])
def test_the_stack_is_not_executable(build, program):
    assert [flags for kind, flags in segments(build, program) if kind == "GNU_STACK"] == ["RW"]


def test_the_packers_relocations_are_read_only_and_bound_at_once(build):
    assert any(kind == "GNU_RELRO" for kind, _ in segments(build, PACKER))
    dynamic = readelf(build, PACKER, "-d")
    assert "BIND_NOW" in dynamic and "TEXTREL" not in dynamic


def test_the_packer_may_lie_anywhere(build):
    assert "Type:" in readelf(build, PACKER, "-h") and "DYN (Position-Independent" in readelf(build, PACKER, "-h")


def test_the_agent_has_no_late_relocations(build):
    """A static program without dynamic parts has nothing to bind, and nobody to make its tables read-only: no RELRO either."""
    kinds = [kind for kind, _ in segments(build, AGENT)]
    assert "INTERP" not in kinds and "DYNAMIC" not in kinds


def test_the_packers_calls_are_fortified_and_its_stacks_guarded(build):
    symbols = readelf(build, PACKER, "--dyn-syms")
    assert "__stack_chk_fail" in symbols
    assert "_chk@" in symbols.replace("__stack_chk_fail", ""), "no call of FORTIFY's"


def test_the_agents_stacks_are_guarded(build):
    assert " __stack_chk_fail" in readelf(build, "usermount.debug", "-s")


@pytest.mark.parametrize("program", [AGENT, PACKER])
def test_no_library_is_looked_for_beside_the_program(build, program):
    dynamic = readelf(build, program, "-d")
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic
