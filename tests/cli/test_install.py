# SPDX-License-Identifier: MIT
"""make install and uninstall, as a user runs them into a folder of the test's own."""

import os
import shutil
import subprocess

import pytest

import images
from agent import BUILD, REPO

SHARED_FOLDERS = {"usr", "usr/bin", "usr/share", "usr/share/man", "usr/share/man/man1", "usr/share/man/man5",
                  "usr/share/man/man8", "usr/share/doc", "usr/share/bash-completion",
                  "usr/share/bash-completion/completions", "usr/share/zsh", "usr/share/zsh/site-functions", "usr/share/fish",
                  "usr/share/fish/vendor_completions.d"}


def install(root, *words, prefix="/usr"):
    return subprocess.run([REPO / "contrib/install", *words], text=True, capture_output=True, check=True,
                          env={**os.environ, "DESTDIR": str(root), "PREFIX": prefix})


def tree(root):
    return {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*")}


@pytest.fixture
def root(tmp_path):
    install(tmp_path / "root", BUILD)
    return tmp_path / "root"


def test_what_is_installed_has_its_place_and_mode(root):
    modes = tree(root)
    assert modes["usr/bin/usermount-pack"] == modes["usr/share/usermount/x86_64/usermount"] == 0o755
    for name in ("share/usermount/usermount.conf", "share/usermount/usermount.initd", "share/man/man1/usermount-pack.1",
                 "share/man/man5/usermount.conf.5", "share/man/man8/usermount.8", "share/doc/usermount/LICENSE",
                 "share/doc/usermount/libnfs.txt", "share/doc/usermount/libtirpc.txt", "share/doc/usermount/musl.txt"):
        assert modes[f"usr/{name}"] == 0o644, name


def test_what_is_installed_packs_an_image(root, tmp_path):
    image = tmp_path / "initrd.img"
    image.write_bytes(images.moby())
    pack = root / "usr/bin/usermount-pack"
    clean = {key: value for key, value in os.environ.items() if key != "USERMOUNT_SHARE"}
    subprocess.run([pack, "add", "--no-backup", image], check=True, env=clean, capture_output=True)
    assert (root / "usr/share/usermount/x86_64/usermount").read_bytes() in image.read_bytes()
    subprocess.run([pack, "remove", image], check=True, capture_output=True)
    assert image.read_bytes() == images.moby()


def test_uninstall_takes_all_of_it_and_nothing_else(root):
    foreign = root / "usr/share/man/man1/other.1"
    foreign.write_text("somebody else's")
    done = install(root, "--uninstall")
    assert done.stderr == ""
    assert set(tree(root)) - SHARED_FOLDERS == {"usr/share/man/man1/other.1"}


def test_uninstall_leaves_a_folder_in_which_somebody_keeps_files(root):
    (root / "usr/share/usermount/mine").write_text("mine")
    done = install(root, "--uninstall")
    assert "share/usermount is not empty, and stays" in done.stderr
    assert (root / "usr/share/usermount/mine").read_text() == "mine"


def test_installing_twice_is_installing_once(root):
    before = tree(root)
    install(root, BUILD)
    assert tree(root) == before


def test_a_guest_gets_the_agent_its_service_and_its_settings(tmp_path):
    install(tmp_path / "guest", "--guest", BUILD / "usermount")
    modes = {path: mode for path, mode in tree(tmp_path / "guest").items() if (tmp_path / "guest" / path).is_file()}
    assert modes == {"usr/sbin/usermount": 0o755, "etc/init.d/usermount": 0o755, "etc/usermount.conf": 0o644}


def test_make_has_the_targets_that_call_it():
    for target, words in (("install", f"contrib/install {BUILD.name}"), ("uninstall", "contrib/install --uninstall"),
                          ("install-guest", "contrib/install --guest")):
        done = subprocess.run(["make", "-n", target, "DESTDIR=/nowhere", "PREFIX=/usr"], cwd=REPO, text=True,
                              capture_output=True, check=True)
        assert words in done.stdout and 'DESTDIR="/nowhere"' in done.stdout, target


def project(folder, *left_out):
    """A copy of what contrib/install reads, but for some files."""
    for name in ("contrib", "docs", "openrc"):
        shutil.copytree(REPO / name, folder / name)
    for name in ("LICENSE", "README.md"):
        shutil.copy(REPO / name, folder / name)
    for name in left_out:
        (folder / name).unlink()
    return folder


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_a_file_that_is_missing_is_a_failure(tmp_path, system):
    work = project(tmp_path / "work", "docs/usermount.8")
    done = subprocess.run([work / "contrib/install", BUILD], text=True, capture_output=True,
                          env={**os.environ, "DESTDIR": str(tmp_path / "root"), "PREFIX": "/usr", "SYSTEM": system})
    assert done.returncode != 0 and "docs/usermount.8" in done.stderr


def test_without_an_agent_nothing_is_installed_and_the_way_is_told(tmp_path):
    (tmp_path / "build").mkdir()
    done = subprocess.run([REPO / "contrib/install", tmp_path / "build"], text=True, capture_output=True,
                          env={**os.environ, "DESTDIR": str(tmp_path / "root")})
    assert (done.returncode, done.stdout) == (1, "") and not (tmp_path / "root").exists()
    assert done.stderr == f"install: there is no agent in {tmp_path}/build/share/usermount: on a Mac, install from a " \
        "release's tarball, which has it\n"


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_a_narrow_umask_and_blanks_in_the_paths_change_nothing(tmp_path, system):
    root = tmp_path / "a root"
    subprocess.run(["sh", "-c", 'umask 077; exec "$@"', "sh", REPO / "contrib/install", BUILD], check=True,
                   env={**os.environ, "DESTDIR": str(root), "PREFIX": "/my own", "SYSTEM": system})
    modes = {path: path.stat().st_mode & 0o777 for path in root.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o755, 0o644}
    assert (root / "my own/bin/usermount-pack").exists()
    assert (root / "Library/LaunchAgents/usermount-pack.plist").exists() == (system == "Darwin")


def test_a_mac_that_has_dpkg_is_no_debian(tmp_path):
    (tmp_path / "dpkg-query").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "dpkg-query").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    for system, code in (("Darwin", 0), ("Linux", 1)):
        done = subprocess.run([REPO / "contrib/deps", "--check", "no-such-package"], text=True, capture_output=True,
                              env={**os.environ, "PATH": path, "SYSTEM": system})
        assert done.returncode == code, done.stderr
