# SPDX-License-Identifier: MIT
"""The packer on ramdisks of every shape that Docker for Mac had, and on one that no tool padded; each also boots."""

import pytest

SHAPES = ["moby-1.12", "moby-1.13", "moby-17.03", "unaligned"]


@pytest.mark.parametrize("shape", SHAPES)
def test_remove_gives_back_the_original_and_add_twice_is_add_once(lab, shape):
    image = lab.stock(shape)
    original = image.read_bytes()

    lab.pack("add", "--no-backup", image)
    once = image.read_bytes()
    assert once.startswith(original) and len(once) > len(original)
    lab.pack("add", "--no-backup", image)
    assert image.read_bytes() == once, "adding twice is not adding once"
    lab.pack("remove", image)
    assert image.read_bytes() == original


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "moby-1.13"])
def test_a_packed_ramdisk_of_each_shape_boots_with_users_mounted(lab, shape):
    lab.server.start()
    record = lab.docker_start(lab.boot(lab.packed(shape)))
    assert record.mount_of("/Users")["type"] == "nfs"
    assert record.sees == lab.exported()
    # What the base brought is still there: its second and third archives were not lost.
    assert "containerd" in record.services


def test_a_stock_ramdisk_has_no_users_and_docker_starts_all_the_same(lab):
    """The reference: without usermount, nothing is mounted. A lab that mounted by itself would prove nothing."""
    lab.server.start()
    record = lab.docker_start(lab.boot(lab.stock()))
    assert record.mount_of("/Users") is None
    assert record.sees == []
