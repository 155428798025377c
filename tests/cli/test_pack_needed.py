# SPDX-License-Identifier: MIT
"""add --if-needed: instant and silent when the image is packed as asked; the launchd agent that runs it."""

import os
import plistlib
import re
import shutil
import subprocess

import images
import pytest

from test_pack import CONF, Packer
from test_pack_manners import at_terminal

PLIST = "contrib/launchd/usermount-pack.plist"


@pytest.fixture
def pack(build, tmp_path):
    return Packer(build, tmp_path)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "Docker.app/initrd.img"
    path.parent.mkdir()
    path.write_bytes(images.moby())
    return path


def result(pack, image, *arguments, **more):
    return pack.facts("add", "--if-needed", *arguments, image, **more)["result"]


@pytest.mark.parametrize("options", [[], ["--gzip"], ["--set", "wait=7"]], ids=" ".join)
def test_a_second_time_nothing_is_done_or_said(pack, image, options):
    pack("add", "--if-needed", *options, image)
    once, stamp = image.read_bytes(), image.stat()
    done = pack("add", "--if-needed", *options, image)
    assert (done.stdout, done.stderr) == ("", "")
    assert image.read_bytes() == once and image.stat().st_ino == stamp.st_ino
    assert result(pack, image, *options) == "unchanged"


def test_what_is_packed_is_what_add_packs(pack, image):
    pack("add", "--if-needed", image)
    packed = image.read_bytes()
    image.write_bytes(images.moby())
    pack("add", image)
    assert image.read_bytes() == packed


CHANGES = {
    "a setting": (["--set", "wait=9"], {}, None),
    "compression": (["--gzip"], {}, None),
    "the time": ([], {"SOURCE_DATE_EPOCH": "1234567890"}, None),
    "the agent": ([], {}, lambda share: (share / "x86_64/usermount").write_bytes(images.elf(payload=b"a new one"))),
    "the service": ([], {}, lambda share: (share / "usermount.initd").write_bytes(b"#!/sbin/openrc-run\n# new\n")),
    "the configuration": ([], {}, lambda share: (share / "usermount.conf").write_bytes(b"# new\n")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_is_packed_anew(pack, image, what):
    options, env, change = CHANGES[what]
    pack("add", image)
    before = image.read_bytes()
    if change:
        change(pack.share)
    assert result(pack, image, *options, env=env) == "packed"
    assert image.read_bytes() != before
    assert result(pack, image, *options, env=env) == "unchanged"


def baked(pack, image):
    """usermount.conf of the packed image."""
    [(name, size)] = [(path, int(facts["size"])) for path, facts in pack.listing(image).items() if path == "etc/usermount.conf"]
    content = image.read_bytes()
    at = content.rindex(name.encode() + b"\0")
    at += len(name) + 1
    at += -(at - content.rindex(b"070701", 0, at)) % 4
    return content[at:at + size]


SET = CONF + b"\n# Set by usermount-pack add:\nwait=9\nmount=/Users\n"
OWN = b"wait = 5\n\n# Set by usermount-pack add --config:\n"
KEPT = {
    "--set": (["--set", "wait=9", "--set", "mount=/Users"], SET),
    "--config": (["--config", "own.conf"], OWN),
    "both": (["--config", "own.conf", "--set", "strict=yes"], OWN + b"strict=yes\n"),
}
AGAIN = {"add": ["add"], "if-needed": ["add", "--if-needed"]}


@pytest.mark.parametrize("again", AGAIN)
@pytest.mark.parametrize("how", KEPT)
def test_settings_are_kept_unless_others_are_given(pack, image, tmp_path, how, again):
    (tmp_path / "own.conf").write_bytes(b"wait = 5\n")
    given, text = KEPT[how]
    assert pack.facts("add", *given, image, cwd=tmp_path)["settings"] == "given"
    (tmp_path / "own.conf").unlink()
    once = image.read_bytes()
    assert baked(pack, image) == text
    assert pack.facts(*AGAIN[again], image)["result"] == "unchanged"
    assert image.read_bytes() == once
    # A new packer: everything else is packed anew.
    (pack.share / "x86_64/usermount").write_bytes(images.elf(payload=b"a new one"))
    facts = pack.facts(*AGAIN[again], image)
    assert (facts["result"], facts["settings"]) == ("packed", "kept") and baked(pack, image) == text
    # The standard file is today's, below what was set for the image alone; one's own is not replaced by it.
    (pack.share / "usermount.conf").write_bytes(b"# new\n")
    facts = pack.facts(*AGAIN[again], image)
    assert facts["result"] == ("packed" if how == "--set" else "unchanged")
    assert baked(pack, image) == text.replace(CONF, b"# new\n")
    # Others take the place of all of them.
    assert pack.facts(*AGAIN[again], "--set", "wait=3", image)["settings"] == "given"
    assert baked(pack, image) == b"# new\n\n# Set by usermount-pack add:\nwait=3\n"
    pack("remove", image)
    assert pack.facts("add", image)["settings"] == "standard" and baked(pack, image) == b"# new\n"


def test_what_is_kept_is_told(pack, image):
    pack("add", "--set", "wait=9", image)
    (pack.share / "usermount.conf").write_bytes(b"# new\n")
    assert "\n  settings kept from the packed image\n" in pack("add", image).stdout


def test_compression_is_kept_too(pack, image):
    (pack.share / "x86_64/usermount").write_bytes(images.elf(payload=b"agent" * 20000))
    pack("add", "--gzip", "--set", "wait=9", image)
    assert result(pack, image) == "unchanged" and pack.facts("add", image)["result"] == "unchanged"
    (pack.share / "x86_64/usermount").write_bytes(images.elf(payload=b"agent!" * 20000))
    assert result(pack, image) == "packed" and image.stat().st_size < 20000
    assert pack.listing(image)["etc/usermount.conf"]["size"] == str(len(CONF + b"\n# Set by usermount-pack add:\nwait=9\n"))


def test_a_standard_file_copied_from_a_guest_is_not_taken_for_settings(pack, image):
    """It has the heading already; what stands behind it there is the file's and not the image's."""
    (pack.share / "usermount.conf").write_bytes(SET)
    assert pack.facts("add", image)["settings"] == "standard"
    (pack.share / "usermount.conf").write_bytes(SET.replace(b"wait=9", b"wait=4"))
    assert result(pack, image) == "packed"
    assert b"wait=9" not in baked(pack, image) and b"\nwait=4\n" in baked(pack, image)


def test_kept_settings_that_are_wrong_or_damaged_are_an_error(pack, image):
    pack("add", "--set", "wait=9", image)
    good = image.read_bytes()
    image.write_bytes(good.replace(b"\nwait=9\n", b"\nwiat=9\n"))  # as a key that a later version does not know
    for words in AGAIN.values():
        assert pack(*words, image, code=2).stderr == ("usermount-pack: unable to keep the setting wiat=9: no such key; give "
                                                      "new settings with --set or --config\n")
    at = int(pack.facts("status", image)["payload_offset"])
    image.write_bytes(bad := good[:at] + b"?" + good[at + 1:])
    for words in AGAIN.values():
        assert pack(*words, image, code=5).stderr == (
            f"usermount-pack: unable to keep the settings of {image}: the payload is damaged; give new settings with "
            "--set or --config\n")
    assert image.read_bytes() == bad
    pack("add", "--if-needed", "--set", "wait=9", image)
    assert image.read_bytes() == good


def test_an_upgrade_is_packed_anew_and_docker_s_restart_told(pack, image):
    pack("add", image)
    image.write_bytes(images.two_archives())
    done = pack("add", "--if-needed", image)
    assert "osascript -e 'quit app \"Docker\"'" in done.stdout and "open -a Docker" in done.stdout
    assert pack.facts("status", image)["state"] == "packed"


def test_nothing_is_said_of_docker_where_it_is_not_docker_s(pack, tmp_path):
    other = tmp_path / "initrd.img"
    other.write_bytes(images.moby())
    assert "Docker" not in pack("add", other).stdout


def test_another_version_and_a_damaged_payload_are_packed_anew(pack, image):
    pack("add", image)
    good = image.read_bytes()
    image.write_bytes(good.replace(b"version=0.1.0\n", b"version=0.0.9\n"))
    assert result(pack, image) == "packed" and image.read_bytes() == good
    at = good.index(b"# the service")
    image.write_bytes(good[:at] + b"! the service" + good[at + 13:])
    assert result(pack, image) == "packed" and image.read_bytes() == good
    at = good.rindex(b"/etc/init.d/usermount")  # the link's target, which is no file's content
    image.write_bytes(good[:at] + b"/tmp" + good[at + 4:])
    assert result(pack, image) == "packed" and image.read_bytes() == good


def test_only_the_ends_of_the_image_are_read(pack, image):
    """The base may be damaged and nobody sees it: that is what makes it instant."""
    image.write_bytes(images.moby() + images.gz(images.archive([images.file("big", os.urandom(8 << 20))])))
    pack("add", image)
    packed = bytearray(image.read_bytes())
    packed[2 << 20:6 << 20] = bytes(4 << 20)
    image.write_bytes(packed)
    assert result(pack, image) == "unchanged"


def test_who_may_not_write_is_not_stopped_where_nothing_is_to_be_done(pack, image, tmp_path):
    """launchd runs it as the user; the lock is taken when there is something to write, and not before."""
    pack("add", "--no-backup", image)
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        os.chmod(folder, os.stat(folder).st_mode | 0o055)
    os.chmod(image.parent, 0o555)
    become = (lambda: os.setuid(65534)) if os.geteuid() == 0 else None
    assert pack.facts("add", "--if-needed", image, preexec_fn=become)["result"] == "unchanged"
    assert "Permission denied" in pack("add", "--if-needed", "--set", "wait=9", image, code=4, preexec_fn=become).stderr
    os.chmod(image.parent, 0o755)
    assert os.listdir(image.parent) == ["initrd.img"]


def test_a_person_at_a_terminal_is_told(pack, image, build):
    pack("add", image)
    env = {**os.environ, "USERMOUNT_SHARE": str(pack.share)}
    text, code = at_terminal([pack.program, "add", "--if-needed", image], env)
    assert code == 0 and text.split(": ", 1)[1].strip() == "already packed with the same files; not changed"


def test_a_refusal_is_one_all_the_same(pack, image, tmp_path):
    image.write_bytes(images.moby(openrc=False))
    pack("add", "--if-needed", image, code=5)
    assert (pack("add", "--if-needed", "-o", tmp_path / "out", image, code=2).stderr ==
            "usermount-pack: unable to use --if-needed: it cannot be combined with -o\n")
    pack("add", "--if-needed", tmp_path / "missing", code=4)


def test_the_user_s_own_standard_configuration(pack, image, tmp_path):
    """../etc/usermount.conf beside the program is the standard one, and outlives an upgrade of the packer."""
    place = tmp_path / "local"
    (place / "bin").mkdir(parents=True)
    (place / "etc").mkdir()
    (place / "bin/usermount-pack").write_bytes(pack.program.read_bytes())
    (place / "bin/usermount-pack").chmod(0o755)
    (place / "share").mkdir()
    (place / "share/usermount").symlink_to(pack.share)
    env = {name: value for name, value in os.environ.items() if name != "USERMOUNT_SHARE"}

    def add():
        subprocess.run([place / "bin/usermount-pack", "add", "--if-needed", image], check=True, env=env, capture_output=True)
        return image.read_bytes()

    assert b"wait = 30\n" in add()
    (place / "etc/usermount.conf").write_text("wait = 12\n")
    assert b"wait = 12\n" in add()
    (place / "etc/usermount.conf").write_text("wait = soon\n")
    done = subprocess.run([place / "bin/usermount-pack", "add", image], env=env, capture_output=True, text=True)
    assert done.returncode == 2 and "usermount.conf: line 1" in done.stderr


@pytest.fixture(scope="module")
def agent(repo):
    with open(repo / PLIST, "rb") as file:
        return plistlib.load(file)


def test_the_launchd_agent_runs_at_login_hourly_and_when_the_image_changes(agent, repo):
    image = re.search(r'HOST_DOCKER_IMAGE HOST_DOCKER_APP "(.*)"', (repo / "packer/host/host.h").read_text())[1]
    assert agent["Label"] == PLIST.rsplit("/")[-1].removesuffix(".plist")
    assert agent["RunAtLoad"] is True and agent["StartInterval"] == 3600
    assert agent["WatchPaths"] == ["/Applications/Docker.app" + image]
    assert agent["Disabled"] is True, "nobody's Docker is changed before he says so"


def test_the_launchd_agent_s_command_packs_and_keeps_a_log(agent, pack, image, repo, tmp_path):
    """Its very command, as it is installed, with the program of this build and an image in place of Docker's."""
    assert agent["ProgramArguments"] == ["/usr/local/share/usermount/pack-if-needed"]
    command = tmp_path / "usr/share/usermount/pack-if-needed"
    command.parent.mkdir(parents=True)
    shutil.copy(repo / "contrib/launchd/pack-if-needed", command)
    (tmp_path / "usr/bin").mkdir()
    (tmp_path / "usr/bin/usermount-pack").symlink_to(pack.program)
    log = tmp_path / "Library/Logs/usermount-pack.log"
    env = {**os.environ, "HOME": str(tmp_path), "USERMOUNT_SHARE": str(pack.share)}
    for _ in range(2):
        subprocess.run([command, image], check=True, env=env)
        assert log.read_text().count(": packed\n") == 1
    image.write_bytes(b"no image")
    assert subprocess.run([command, image], env=env).returncode == 3
    assert "not an initramfs" in log.read_text()
    image.unlink()  # no Docker, no work
    before = log.read_text()
    assert subprocess.run([command, image], env=env).returncode == 0 and log.read_text() == before


@pytest.mark.parametrize("system, there", [("Darwin", True), ("Linux", False)])
def test_make_install_puts_the_agent_in_place_on_macos(repo, build, tmp_path, system, there):
    env = {**os.environ, "DESTDIR": str(tmp_path), "PREFIX": "/opt/mine", "SYSTEM": system}
    place = tmp_path / "Library/LaunchAgents/usermount-pack.plist"
    subprocess.run([repo / "contrib/install", build], check=True, env=env)
    assert place.exists() == there
    if there:
        with open(place, "rb") as file:
            assert plistlib.load(file)["ProgramArguments"] == ["/opt/mine/share/usermount/pack-if-needed"]
    subprocess.run([repo / "contrib/install", "--uninstall"], check=True, env=env)
    assert not place.exists()
