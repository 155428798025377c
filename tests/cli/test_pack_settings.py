# SPDX-License-Identifier: MIT
"""What add bakes in: another program's forms are refused with what to write instead, on the Mac as in the guest; what is
taken reads back in the guest as it was given."""

import re
import subprocess

import images
import pytest

from agent import World
from test_pack import Packer


@pytest.fixture
def pack(build, tmp_path):
    return Packer(build, tmp_path)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "initrd.img"
    path.write_bytes(images.moby())
    return path


@pytest.fixture
def guest(tmp_path):
    (tmp_path / "guest").mkdir()
    one = World(tmp_path / "guest")
    yield one
    one.close()


OWNER = "a user and a group belong in the Mac's /etc/exports (-mapall=501:20): leave them out"
DOCKER = "an option of docker run -v, not of NFS: leave it out"
FSTAB = "not a line of fstab: write SERVER:/EXPORT:/TARGET:OPTIONS, and \\040 for a blank in a path"
EXPORTS = "not a line of the Mac's /etc/exports: write the path alone"
URL = "not a URL: write SERVER:/EXPORT, or the server alone as the value of `server`"
PORT = "a server takes no port: write port=2049 in the options"
LIST = "write the options as one list without brackets or quotes: rw,tcp"
COMMENT = '"#" after a blank begins a comment: put the value in double quotes, or a blank after the "#"'
FORMS = {
    "mount=/Users:/Users:501:20": OWNER,
    "mount=/Users:/Users:cached": DOCKER,
    "mount=/Users:/Users:rw,delegated": DOCKER,
    "mount=192.168.65.1:/Users /Users nfs rw,nolock 0 0": FSTAB,
    "mount=/Users -alldirs -mapall=501:20 localhost": EXPORTS,
    "mount=nfs://192.168.65.1/Users": URL,
    "mount=192.168.65.1:2049:/Users": PORT,
    "server=192.168.65.1:2049": PORT,
    "server=nfs://192.168.65.1": URL,
    "server=192.168.65.300": "not a name, IPv4 or [IPv6] address",
    "options=['rw','tcp']": LIST,
}


@pytest.mark.parametrize("setting", FORMS)
def test_another_programs_form_is_refused_on_the_mac_with_what_to_write(pack, image, setting, tmp_path):
    before = image.read_bytes()
    done = pack("add", "--set", setting, image, code=2)
    assert done.stderr == f"usermount-pack: unable to use --set {setting}: {FORMS[setting]}\n"
    own = tmp_path / "own.conf"
    own.write_text(f"# mine\n{setting}\n")
    done = pack("add", "--config", own, image, code=2)
    assert done.stderr == f"usermount-pack: unable to use {own}: line 2, column 1: {FORMS[setting]}\n"
    assert image.read_bytes() == before


@pytest.mark.parametrize("setting", FORMS)
def test_it_is_refused_in_the_guest_in_the_same_words(guest, setting):
    guest.conf.write_text(setting + "\n")
    done = guest.run("config")
    assert done.returncode == 4
    assert done.stderr.startswith("usermount: usermount.conf line 1 column 1: unable to use "), done.stderr
    assert done.stderr.endswith(f": {FORMS[setting]}\n")
    guest.conf.write_text(f"{setting}\nenable = yes\nmount = 127.0.0.1:/Users:{guest.folder}/target\nwait = 0\n")
    guest.run("start")
    line, = guest.lines("bad-config")
    assert FORMS[setting].replace('"', '\\"') in line.replace("\\\\", "\\"), line


def test_a_sharp_in_a_files_path_is_asked_about_and_one_of_set_is_meant(pack, image, guest, tmp_path):
    own = tmp_path / "own.conf"
    own.write_text("mount = /Users/me/C #1\n")
    done = pack("add", "--config", own, image, code=2)
    assert done.stderr == f"usermount-pack: unable to use {own}: line 1, column 1: {COMMENT}\n"
    pack("add", "--set", "mount=/Users/me/C #1", image)
    assert shown(guest, image) == "192.168.65.1:/Users/me/C\\040\\0431:/Users/me/C\\040\\0431"


def shown(guest, image):
    """The mount of the file that is packed, as the guest's agent reads it."""
    guest.conf.write_bytes(re.search(rb"# Set by usermount-pack add:\n([^\0]*)", image.read_bytes())[1])
    done = guest.run("config", "--porcelain")
    assert done.returncode == 0, done.stderr
    return re.search(r"^mount=(.*) origin=", done.stdout, re.M)[1]


@pytest.mark.parametrize("options, strange", [("nconnect=4", "nconnect=4"), ("ro,softerr", "softerr"), ("frob=1", "frob=1"),
                                              ("ro,nosuid,soft,timeo=50,actimeo=60,rsize=32768", None)])
def test_an_option_that_no_kernel_of_docker_for_mac_knows_is_told_and_taken(pack, image, options, strange):
    for setting in (f"options={options}", f"mount=/Users:/Users:{options}"):
        done = pack("add", "--set", setting, image)
        assert done.stderr == ("" if strange is None else
                               f"usermount-pack: warning: {strange}: Docker for Mac's kernels, Linux 4.4 and 4.9, do not "
                               "know this mount option\n")


def test_settings_over_64_kib_are_refused_and_none_of_them_is_lost(pack, image, guest, tmp_path):
    own = tmp_path / "own.conf"
    own.write_text("".join(f"# {n:05} {'x' * 992}\n" for n in range(65)) + "#\n" * 200)
    room = 65536 - own.stat().st_size
    assert 0 < room < 512
    done = pack("add", "--config", own, "--set", "options=" + "a" * (room - 20), "--set", "wait=9", image, code=2)
    assert done.stderr.splitlines()[0].endswith("the file is longer than 64 KiB: the rest is not read")
    guest.conf.write_bytes(own.read_bytes() + b"#" * room + b"\nwait = 9\n")
    done = guest.run("config")
    assert done.returncode == 4
    assert done.stderr.endswith(": the file is longer than 64 KiB: the rest is not read\n"), done.stderr


def test_a_name_is_shown_by_both_programs_in_the_same_way(pack, build):
    name = "j\u00fcrgen-\x1b[2J-\u0085-\x9b.img"
    told = "j\u00fcrgen-\\033[2J-\\302\\205-\\302\\233.img"
    done = pack("status", name, code=4)
    assert done.stderr.startswith(f"usermount-pack: unable to open {told}: "), done.stderr
    done = subprocess.run([build / "usermount", "probe", name], capture_output=True, text=True)
    assert done.stderr.startswith(f"usermount: unable to probe {told}: "), done.stderr
