# SPDX-License-Identifier: MIT
"""Which room may use which: every #include from one folder to another is compared with this table."""

import re

# A room, and the rooms that its files may include. Each row uses only rooms above it, so there is no circle.
AGENT = {
    "agent/common": [],
    "agent/stream": ["agent/common"],
    "agent/settings": ["agent/common"],
    "agent/engine": ["agent/common", "agent/settings"],
    "agent/system": ["agent/common", "agent/settings", "agent/engine"],
    "agent/probe": ["agent/settings", "agent/engine", "agent/system"],
    "agent/mount": ["agent/common", "agent/settings", "agent/engine", "agent/system", "agent/probe"],
    "agent/containers": ["agent/common", "agent/settings", "agent/engine", "agent/system", "agent/mount"],
    "agent/events": ["agent/common", "agent/settings", "agent/engine", "agent/system", "agent/probe", "agent/stream", "agent/mount"],
    "agent/daemon": ["agent/settings", "agent/engine", "agent/system", "agent/probe", "agent/mount", "agent/containers",
                     "agent/events"],
    "agent": ["agent/common", "agent/settings", "agent/engine", "agent/system", "agent/mount", "agent/events", "agent/daemon"],
}
PACKER = {
    "packer/image": [],
    "packer/host": [],
    "packer/output": ["agent/common", "packer/image", "packer/host"],
    "packer/exports": ["agent/common"],
    "packer/write": ["agent/common", "agent/settings", "packer/image", "packer/host", "packer/output"],
    "packer/events": ["agent/common", "agent/stream", "packer/host", "packer/output"],
    "packer/doctor": ["agent/common", "agent/settings", "packer/exports", "packer/host", "packer/output", "packer/write",
                      "packer/events"],
    "packer": ["agent/common", "agent/stream", "packer/image", "packer/host", "packer/output", "packer/write", "packer/doctor",
               "packer/events"],
}
ROOMS = AGENT | PACKER
MODULES_MAX = 20


def files(repo):
    return [path for top in ("agent", "packer") for path in sorted((repo / top).rglob("*.[ch]"))]


def test_arrows_run_one_way_and_as_the_table_says(repo):
    wrong = []
    for path in files(repo):
        room = str(path.parent.relative_to(repo))
        for name in re.findall(r'^#\s*include "(.+?)"', path.read_text(), re.M):
            used = (path.parent / name).resolve()
            assert used.exists(), f"{path} includes {name}"
            other = str(used.parent.relative_to(repo.resolve()))
            if other != room and other not in ROOMS[room]:
                wrong.append(f"{path.relative_to(repo)} includes {used.relative_to(repo.resolve())}")
    assert wrong == []


def test_the_table_has_no_circle_and_no_arrow_that_nobody_draws(repo):
    for table in (AGENT, PACKER):
        known = ["agent/common", "agent/settings", "agent/stream"]
        for room, used in table.items():
            assert set(used) <= set(known), room
            known.append(room)
    drawn = {room: set() for room in ROOMS}
    for path in files(repo):
        room = str(path.parent.relative_to(repo))
        for name in re.findall(r'^#\s*include "(.+?)"', path.read_text(), re.M):
            drawn[room].add(str((path.parent / name).resolve().parent.relative_to(repo.resolve())))
    assert {room: sorted(drawn[room] - {room}) for room in ROOMS} == {room: sorted(used) for room, used in ROOMS.items()}


def test_no_room_is_crowded(repo):
    for room in ROOMS:
        assert len(list((repo / room).glob("*.c"))) <= MODULES_MAX, room


def test_each_room_says_what_it_is(repo):
    for room in ROOMS:
        text = (repo / room / "README.md").read_text()
        assert 3 <= len(text.splitlines()) <= 10, room
