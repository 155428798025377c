# SPDX-License-Identifier: MIT
"""Real dockerd, containerd and runc in the QEMU lane: what a container that binds /Users/me/project, and that Docker
starts again by itself at each boot, sees from its first moment."""

import proc
import pytest

pytestmark = pytest.mark.long

NAMES = ["cache", "composer.json", "dump.sql", "index.php", "vendor"]
SEES = "ls /src > /saw/new && mv /saw/new /saw/$(cat /proc/sys/kernel/random/boot_id); exec sleep 2147483647"
CREATE = f"""set -e
mkdir /var/saw
tar c -C / bin/busybox | docker import - busybox
docker run -d --name seer --restart=always --net=none -v /Users/me/project:/src -v /var/saw:/saw busybox \\
    /bin/busybox sh -c '{SEES}'"""


class Docker:
    def __init__(self, lab):
        self.lab, self.disk, self.image = lab, lab.disk(size="1G"), None

    def boot(self, **settings):
        image = self.lab.packed("moby-1.13-docker", **settings)
        return self.lab.boot(image, self.disk, append="apparmor=0", memory="1500M")

    def saw(self, guest, timeout=90):
        """The listing that the container made as its first act in this boot."""
        def look():
            text, code = guest.sh("cat /var/saw/$(cat /proc/sys/kernel/random/boot_id)")
            return None if code else [text.split()]
        return proc.until("the container's record", look, timeout, every=0.5)[0]


def ready(guest):
    proc.until("dockerd answers", lambda: guest.sh("docker version", 60)[1] == 0, 120, every=0.5)


@pytest.fixture
def docker(lab_in):
    """A disk with the container on it, made by a first boot."""
    docker = Docker(lab_in("qemu"))
    docker.lab.server.start()
    guest = docker.boot()
    docker.lab.docker_start(guest)
    ready(guest)
    guest.must(CREATE, timeout=120)
    assert docker.saw(guest) == NAMES
    guest.powerdown(timeout=60)
    return docker


def test_a_container_that_restarts_by_itself_sees_the_files_from_its_first_moment(docker):
    guest = docker.boot()
    docker.lab.docker_start(guest)
    assert docker.saw(guest) == NAMES


def test_a_late_server_holds_docker_and_its_container_sees_the_files(docker):
    docker.lab.server.stop()
    guest = docker.boot(wait=60)
    docker.lab.wait_log(guest, 60, event="failed", verdict="refused")
    docker.lab.server.start()
    docker.lab.docker_start(guest)
    assert docker.saw(guest) == NAMES


def test_with_a_dead_server_docker_starts_after_wait_and_its_container_finds_nothing_until_the_mount_comes(docker):
    docker.lab.server.stop()
    guest = docker.boot(wait=3)
    record = docker.lab.docker_start(guest)
    assert record.mount_of("/Users") is None
    assert docker.saw(guest) == []
    over = docker.lab.wait_log(guest, 10, event="wait-over")
    assert over["cause"].endswith("a container that starts now finds an empty folder until the mount is up")

    docker.lab.server.start()
    docker.lab.wait_mounted(guest, 10)
    ready(guest)
    guest.must("docker restart -t 1 seer", timeout=60)
    proc.until("the container sees the files", lambda: docker.saw(guest) == NAMES, 30)
