# SPDX-License-Identifier: MIT
"""Work is bounded in time, not only in bytes: any image gets its answer, or a refusal that names the limit."""

import os
import subprocess

import pytest

import cpu
import hostile
import images

NOISE_S = 0.15        # what a loaded machine may add to any run
SMALL_S = 2.0         # for images that unpack to a few MiB; the least hostile one takes a hundredth of it
BYTES_A_S = 256 << 20  # unpacked, at the very least: 5 GiB, the limit, in 20 s


def run(build, *arguments):
    """The run and its own seconds of CPU."""
    before_s = cpu.used_s()
    done = subprocess.run([build / "usermount-pack", *arguments], capture_output=True, text=True, timeout=60)
    return done, cpu.used_s() - before_s


@pytest.mark.parametrize("shape", hostile.SHAPES)
def test_time_grows_no_faster_than_the_image(build, tmp_path, shape):
    make, size = hostile.SHAPES[shape]
    image = tmp_path / "image"
    seconds = []
    for factor in (1, 2, 4):
        image.write_bytes(make(size * factor))
        done, looked = run(build, "inspect", "--list", "--porcelain", image)
        assert done.returncode in (0, 3), done.stderr
        verified = run(build, "verify", image)
        assert verified[0].returncode == done.returncode
        seconds.append(looked + verified[1])
        assert seconds[-1] < SMALL_S, seconds
    assert seconds[1] <= 3 * seconds[0] + NOISE_S, seconds
    assert seconds[2] <= 6 * seconds[0] + NOISE_S, seconds


LIMITS = {
    "zeros": (lambda: hostile.zeros(64), "the image unpacks to more than 5 GiB, the limit of usermount-pack", "too-large"),
    "segments": (lambda: hostile.segments(4097), "the image has more than 4096 segments, the limit of usermount-pack",
                 "too-many-segments"),
    "walks": (lambda: hostile.crossed_walks(3000),
              "the paths take more than 100 million steps to resolve, the limit of usermount-pack",
              "too-many-steps"),
    "behind-faults": (lambda: hostile.faults(100) + hostile.segments(4097)[len(hostile.PREFIX):],
                      "the image has more than 4096 segments, the limit of usermount-pack", "too-many-segments"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_refusal_names_the_limit(build, tmp_path, name):
    make, text, word = LIMITS[name]
    image = tmp_path / "image"
    image.write_bytes(make())
    before = image.read_bytes()
    verbs = [("verify", "accept"), ("inspect", "accept"), ("add", "use")]
    for verb, action in verbs[:1] if name == "zeros" else verbs:
        done, seconds = run(build, verb, image)
        assert done.returncode == 5, done.stderr
        assert done.stderr.startswith(f"usermount-pack: unable to {action} {image}: segment "), done.stderr
        assert done.stderr.split("; and ")[0].rstrip("\n").endswith(f": {text}"), done.stderr
        assert seconds < (5 << 30) / BYTES_A_S, seconds
    done, _ = run(build, "inspect", "--porcelain", image)
    last = [line for line in done.stdout.splitlines() if line.startswith("fault=")][-1]
    assert last.startswith(f"fault={word} stops=yes segment="), last
    assert image.read_bytes() == before


def test_an_image_that_no_kernel_can_load_is_not_read(build, tmp_path):
    image = tmp_path / "image"
    image.write_bytes(images.moby())
    os.truncate(image, 64 << 30)
    for verb in ("verify", "inspect"):
        done, seconds = run(build, verb, image)
        assert done.returncode == 5
        assert done.stderr == (f"usermount-pack: unable to accept {image}: at byte 0: "
                               "the image has 2 GiB or more, which no kernel can load\n")
        assert seconds < SMALL_S
