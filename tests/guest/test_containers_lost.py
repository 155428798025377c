# SPDX-License-Identifier: MIT
"""No mount of a container's is ever lost: a dead one goes only when the new one is sure to come, and its place is kept until it
is there. With stand-ins, and a server whose packets are held."""

import shutil
import time

import proc
import pytest
import tree
from standin import Standin

AGENT = "/usr/sbin/usermount --config /run/test.conf"
MOUNTS = 12
EVENT = "event={}"


class World:
    """Twelve mounts of folders of the share in one namespace, healed once; then the export is made anew."""

    def __init__(self, lab, relay):
        self.lab, self.relay, self.guest = lab, relay, None
        self.folders(MOUNTS)
        lab.server.start()
        self.guest = lab.boot(lab.packed(enable="no"), memory="256M")
        lab.docker_start(self.guest)
        text = "".join(f"{k} = {v}\\n" for k, v in {"watch": 1, "wait": 10, "loglevel": "debug", "probe_timeout": 10}.items())
        self.guest.must(f"mkdir -p /mnt; printf '{text}' > /run/test.conf; " + "".join(f"mkdir -p /Users/m{n}\n" for n in range(MOUNTS)))

    def folders(self, count):
        for n in range(count):
            folder = self.lab.server.users / f"m{n}"
            folder.mkdir(exist_ok=True)
            (folder / "here").write_text(f"{n}\n")

    def standin(self, binds, name="twelve"):
        setup = "\n".join(f"mkdir -p {at}; mount --bind /Users/{folder} {at}" for at, folder in binds)
        self.one = Standin(self.guest, name, setup)
        return self.one

    def start(self):
        self.guest.must(f"{AGENT} start", timeout=60)

    def remake(self):
        server = self.lab.server
        server.stop_nfs()
        shutil.rmtree(server.users)
        tree.make(server.users)
        self.folders(MOUNTS)
        server.start()

    def events(self, event, **wanted):
        return [line for line in self.lab.log(self.guest)
                if line.get("event") == event and all(line.get(k) == v for k, v in wanted.items())]

    def types(self, point):
        return [kind for kind, _, _ in self.one.at(point)]


@pytest.fixture
def world(relayed):
    lab, relay = relayed()
    return World(lab, relay)


def healed(world, was, count=MOUNTS, timeout=120):
    proc.until(f"{count} are healed", lambda: len({line["at"] for line in world.events("healed", was=was)}) == count, timeout, every=0.5)


def test_twelve_mounts_behind_a_slow_server_are_all_healed(world):
    world.standin([(f"m{n}", f"m{n}") for n in range(MOUNTS)])
    world.start()
    healed(world, "late")
    world.relay.delay_s = 0.08
    world.remake()
    healed(world, "stale")
    for n in range(MOUNTS):
        assert world.types(f"/m{n}")[-1] == "nfs"
        assert world.one.sh(f"timeout 20 cat $R/m{n}/here") == (f"{n}\n", 0)
