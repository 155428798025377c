# SPDX-License-Identifier: MIT
"""The packer as a user runs it: verbs, options, refusals, exit codes."""

import hashlib
import os
import re
import shutil
import subprocess

import images
import pytest

CONF = b"# usermount.conf\n# wait = 30\n"
INITD = b"#!/sbin/openrc-run\n# the service\n"


class Packer:
    """The built program with a payload folder of its own."""

    def __init__(self, build, folder):
        self.program = build / "usermount-pack"
        self.share = folder / "share"
        for arch, machine in (("x86_64", images.X86_64), ("aarch64", images.AARCH64)):
            (self.share / arch).mkdir(parents=True)
            (self.share / arch / "usermount").write_bytes(images.elf(machine, payload=b"agent for " + arch.encode()))
        (self.share / "usermount.conf").write_bytes(CONF)
        (self.share / "usermount.initd").write_bytes(INITD)

    def __call__(self, *arguments, code=0, env=None, **more):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True,
                              env={**os.environ, "USERMOUNT_SHARE": str(self.share), **(env or {})}, **more)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        if code >= 2 and arguments[0] != "status":  # whose answers are no errors
            assert done.stderr.startswith("usermount-pack: unable to "), done.stderr
        return done

    def facts(self, *arguments, **more):
        return dict(line.split("=", 1) for line in self(*arguments, "--porcelain", **more).stdout.splitlines())

    def listing(self, image, code=0):
        """path -> facts, of `inspect --list`."""
        out = {}
        for line in self("inspect", "--list", "--porcelain", image, code=code).stdout.splitlines():
            if line.startswith("path="):
                facts = dict(word.split("=", 1) for word in line.split(" "))
                out[facts.pop("path")] = facts
        return out


@pytest.fixture
def pack(build, tmp_path):
    return Packer(build, tmp_path)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "initrd.img"
    path.write_bytes(images.moby())
    return path


BASES = {
    "one": images.moby(),
    "two": images.two_archives(),
    "unaligned": images.unaligned(),
    "raw": images.archive(images.moby_entries()),
    "raw-unpadded": images.archive(images.moby_entries() + [images.file("last", b"x")], trailer=False)[:-3],
    "zeros": images.moby() + bytes(4097),
}


@pytest.fixture(params=BASES)
def base(request, image):
    image.write_bytes(BASES[request.param])
    return BASES[request.param]


def test_remove_gives_back_every_bit(pack, image, base):
    pack("add", image)
    assert image.read_bytes() != base
    pack("remove", image)
    assert image.read_bytes() == base


RESTART = "  restart  osascript -e 'quit app \"Docker\"'; sleep 5; open -a Docker\n"


def test_who_changes_docker_s_image_reads_how_to_restart_it(pack, image, tmp_path):
    docker, other = tmp_path / "Docker.app/initrd.img", tmp_path / "other.img"
    docker.parent.mkdir()
    docker.write_bytes(image.read_bytes())
    sha = hashlib.sha256(docker.read_bytes()).hexdigest()
    assert pack("add", docker).stdout.endswith(RESTART)
    assert RESTART not in pack("remove", "-o", other, docker).stdout
    assert pack("remove", docker).stdout == f"{docker}: original restored, {docker.stat().st_size} bytes\n  SHA-256  {sha}\n{RESTART}"
    assert RESTART not in pack("add", other).stdout + pack("remove", other).stdout


def test_the_base_is_a_prefix_and_the_rest_is_aligned(pack, image, base):
    pack("add", image)
    packed = image.read_bytes()
    end = len(base) + -len(base) % 4
    assert packed.startswith(base + bytes(end - len(base)) + b"070701")
    assert packed[-512:-506] == b"070701" and b"etc/usermount.pack\0" in packed[-512:]
    assert len(packed) % 4 == 0


def test_add_twice_is_add_once(pack, image, base):
    pack("add", image)
    once, stamp = image.read_bytes(), image.stat()
    assert pack.facts("add", image)["result"] == "unchanged"
    assert image.read_bytes() == once
    assert (image.stat().st_ino, image.stat().st_mtime_ns) == (stamp.st_ino, stamp.st_mtime_ns)


def test_add_replaces_the_old_payload(pack, image, base):
    pack("add", image)
    pack("add", "--set", "wait=7", image)
    again = image.read_bytes()
    image.write_bytes(base)
    pack("add", "--set", "wait=7", image)
    assert image.read_bytes() == again
    pack("remove", image)
    assert image.read_bytes() == base


def test_what_is_packed(pack, image):
    pack("add", image)
    names = pack.listing(image)
    assert (names["usr/sbin/usermount"]["mode"], names["usr/sbin/usermount"]["type"]) == ("0755", "f")
    assert names["etc/init.d/usermount"]["mode"] == "0755"
    assert names["etc/usermount.conf"]["mode"] == "0644"
    assert names["etc/runlevels/default/usermount"]["target"] == "/etc/init.d/usermount"
    assert names["etc/usermount.pack"]["size"] == "256"
    ours = [names[n] for n in names if "usermount" in n]
    assert len(ours) == 5
    assert {(n["uid"], n["gid"], n["links"]) for n in ours} == {("0", "0", "1")}
    assert len({n["inode"] for n in ours}) == 5


def test_nothing_else_changes(pack, image, base):
    before = pack.listing(image)
    pack("add", image)
    after = {path: facts for path, facts in pack.listing(image).items() if "usermount" not in path}
    assert after == before


def test_the_manifest_tells_what_was_packed(pack, image, base):
    pack("add", image)
    packed = image.read_bytes()
    facts = pack.facts("status", image)
    offset, size = int(facts["payload_offset"]), int(facts["payload_size"])
    assert facts["state"] == "packed" and facts["arch"] == "x86_64" and facts["format"] == "1"
    assert int(facts["base_size"]) == len(base)
    assert facts["base_sha256"] == hashlib.sha256(base).hexdigest()
    assert facts["payload_sha256"] == hashlib.sha256(packed[offset:offset + size]).hexdigest()
    assert offset + size + 512 == len(packed)
    text = packed[-512 + 132:-124].decode()
    assert f"\nbase_size={len(base)}\n" in text and text.endswith("#\n")


def test_time_is_fixed_or_given(pack, image):
    original = image.read_bytes()
    assert pack.facts("add", image)["result"] == "packed"
    assert pack.facts("status", image)["time"] == "1467331200"
    image.write_bytes(original)
    pack("add", image, env={"SOURCE_DATE_EPOCH": "1234567890"})
    assert pack.facts("status", image)["time"] == "1234567890"
    assert b"499602D2" in image.read_bytes()
    for wrong in ("soon", "-1", "4294967296", "99999999999999999999", "1.5"):
        pack("add", image, env={"SOURCE_DATE_EPOCH": wrong}, code=2)


def test_set_and_config_are_baked_in(pack, image, tmp_path):
    pack("add", "--set", "wait=7", "--set", "mount=/Users:/Users:hard", image)
    assert CONF + b"\n# Set by usermount-pack add:\nwait=7\nmount=/Users:/Users:hard\n" in image.read_bytes()
    own = tmp_path / "own.conf"
    own.write_bytes(b"wait = 5")
    pack("add", "--config", own, "--set=strict=yes", image)
    assert b"wait = 5\n\n# Set by usermount-pack add --config:\nstrict=yes\n" in image.read_bytes()
    assert CONF not in image.read_bytes()


@pytest.mark.parametrize("setting", ["wait", "=7", "wiat=7", "wait=soon", "wait=7\nstrict=yes", "strict=maybe", "#a=b",
                                     "options=proto=udp", "mount=Users", ""])
def test_a_wrong_setting_is_found_before_the_boot(pack, image, setting):
    before = image.read_bytes()
    done = pack("add", "--set", setting, image, code=2)
    shown = setting.replace("\n", "\\012")
    assert done.stderr.startswith(f"usermount-pack: unable to use --set {shown}: ") and done.stderr.count("\n") == 1
    assert image.read_bytes() == before


def test_a_wrong_config_file_is_named_with_its_line(pack, image, tmp_path):
    own = tmp_path / "own.conf"
    own.write_text("# fine\nwait = 5\nwiat = 5\n")
    done = pack("add", "--config", own, image, code=2)
    assert done.stderr == f"usermount-pack: unable to use {own}: line 3, column 1: no such key\n"
    pack("add", "--config", tmp_path / "missing.conf", image, code=4)


def test_gzip_makes_a_compressed_payload(pack, image):
    original = image.read_bytes()
    (pack.share / "x86_64/usermount").write_bytes(images.elf(payload=b"agent" * 20000))
    pack("add", image)
    raw = image.stat().st_size
    pack("add", "--gzip", image)
    assert image.stat().st_size < raw - 90000
    lines = pack("inspect", "--porcelain", image).stdout.splitlines()
    assert [re.search(r"compressor=(\w+)", line)[1] for line in lines if line.startswith("segment=")] == [
        "gzip", "gzip", "raw"]
    pack("verify", image)
    assert pack.listing(image)["usr/sbin/usermount"]["size"] == str((pack.share / "x86_64/usermount").stat().st_size)
    pack("remove", image)
    assert image.read_bytes() == original


def test_the_image_decides_which_agent(pack, image):
    image.write_bytes(images.moby(machine=images.AARCH64))
    assert pack.facts("add", image)["arch"] == "aarch64"
    assert b"agent for aarch64" in image.read_bytes()


def test_an_agent_of_ones_own(pack, image, tmp_path):
    own = tmp_path / "agent"
    own.write_bytes(images.elf(payload=b"my own agent"))
    pack("add", "--agent", own, image)
    assert b"my own agent" in image.read_bytes()


@pytest.mark.parametrize("wrong", [images.elf(images.AARCH64), images.elf(interpreter=True), images.elf(bits=1),
                                   images.elf()[:70], b"#!/bin/sh\n" * 20, b""])
def test_an_agent_that_cannot_run_there_is_refused(pack, image, tmp_path, wrong):
    before = image.read_bytes()
    own = tmp_path / "agent"
    own.write_bytes(wrong)
    pack("add", "--agent", own, image, code=5)
    assert image.read_bytes() == before


def test_a_missing_payload_is_named(pack, image):
    (pack.share / "x86_64/usermount").unlink()
    done = pack("add", image, code=4)
    assert done.stderr == (f"usermount-pack: unable to open {pack.share}/x86_64/usermount: No such file or directory; the "
                           "image is for x86_64; `make ARCH=x86_64` on Linux builds the agent\n")
    (pack.share / "usermount.initd").unlink()
    assert "usermount.initd" in pack("add", image, code=4).stderr


def test_an_agent_that_was_not_built_is_named_and_how_to_build_it(pack, image, repo):
    image.write_bytes(content := images.moby(machine=images.AARCH64, openrc=False))
    (missing := pack.share / "aarch64/usermount").unlink()
    assert pack("add", "--force", image, code=4).stderr == (
        f"usermount-pack: unable to open {missing}: No such file or directory; the image is for aarch64; "
        "`make ARCH=aarch64` on Linux builds the agent\n")
    assert image.read_bytes() == content and sorted(os.listdir(image.parent)) == ["initrd.img", "share"]
    plan = subprocess.run(["make", "-n", "ARCH=aarch64", f"BUILD={image.parent}/build"], cwd=repo, capture_output=True, text=True)
    assert re.search(r"\bbuild/share/usermount/aarch64/usermount\b", plan.stdout)


def test_a_payload_folder_of_too_long_a_name_is_not_cut(pack, image):
    env = {"USERMOUNT_SHARE": f"{pack.share}/{'x' * (4096 - len(str(pack.share)))}"}
    assert pack("add", image, env=env, code=4).stderr.endswith(": File name too long\n")


def test_out_leaves_the_image_alone(pack, image, tmp_path):
    before = image.read_bytes()
    out = tmp_path / "out.img"
    pack("add", "-o", out, image)
    assert image.read_bytes() == before and pack.facts("status", out)["state"] == "packed"
    assert not (tmp_path / "initrd.img.orig").exists() and not (tmp_path / "out.img.orig").exists()
    back = tmp_path / "back.img"
    pack("remove", "-o", back, out)
    assert back.read_bytes() == before and pack.facts("status", out)["state"] == "packed"


def test_status_answers(pack, image, tmp_path):
    assert pack.facts("status", image, code=1)["state"] == "stock"
    assert "stock" in pack("status", image, code=1).stdout
    pack("add", image)
    packed = image.read_bytes()
    assert "packed by usermount-pack" in pack("status", image).stdout
    image.write_bytes(packed + images.container())
    facts = pack.facts("status", image, env={}, code=3)
    assert facts["state"] == "changed" and int(facts["behind"]) == len(images.container())
    image.write_bytes(packed[:-130] + b"?" + packed[-129:])
    assert pack.facts("status", image, code=3)["state"] == "damaged"
    image.write_bytes(b"no image")
    assert pack.facts("status", image, code=3)["state"] == "foreign"


def newer(packed):
    return packed.replace(b"format=1\nversion=0.1.0\n", b"format=2\nversion=9.8.7\n")


def test_a_newer_manifest_is_refused_not_guessed(pack, image):
    pack("add", image)
    image.write_bytes(later := newer(image.read_bytes()))
    assert "9.8.7" in pack("status", image).stdout
    for verb in ("add", "remove"):
        assert "9.8.7" in pack(verb, image, code=5).stderr
    assert image.read_bytes() == later


def test_an_upgrade_is_stock_again_and_keeps_the_older_backup(pack, image):
    first = image.read_bytes()
    pack("add", image)
    image.write_bytes(upgraded := images.two_archives())
    pack("status", image, code=1)
    assert pack.facts("add", image)["backup"] == "older"
    assert (image.parent / "initrd.img.orig").read_bytes() == first
    pack("remove", image)
    assert image.read_bytes() == upgraded


def test_the_backup_is_made_once(pack, image):
    original, backup = image.read_bytes(), image.parent / "initrd.img.orig"
    pack("add", "--no-backup", image)
    assert not backup.exists()
    assert pack.facts("add", "--set", "wait=1", image)["backup"] == "made"
    assert backup.read_bytes() == original
    stamp = backup.stat()
    assert pack.facts("add", "--set", "wait=2", image)["backup"] == "kept"
    assert backup.stat().st_mtime_ns == stamp.st_mtime_ns and backup.stat().st_ino == stamp.st_ino


def test_remove_from_a_stock_image_says_no(pack, image):
    before = image.read_bytes()
    done = pack("remove", image, code=1)
    assert "it is not packed" in done.stderr
    assert image.read_bytes() == before


def changed(packed, at, size=1):
    return packed[:at] + bytes(b ^ 0x55 for b in packed[at:at + size]) + packed[at + size:]


def test_a_changed_base_is_refused(pack, image):
    pack("add", image)
    image.write_bytes(bad := changed(image.read_bytes(), 40))
    for verb in ("add", "remove"):
        assert "SHA-256" in pack(verb, image, code=5).stderr
    pack("verify", image, code=3)
    assert image.read_bytes() == bad


def test_verify_checks_the_payload_and_the_zeros(pack, image):
    image.write_bytes(images.unaligned())
    pack("add", image)
    pack("verify", image)
    packed, facts = image.read_bytes(), pack.facts("status", image)
    at = packed.index(b"# the service")
    image.write_bytes(packed[:at] + b"! the service" + packed[at + 13:])
    assert "payload" in pack("verify", image, code=3).stderr
    image.write_bytes(changed(packed, int(facts["base_size"])))
    pack("verify", image, code=3)


ISO = bytes(32769) + b"CD001" + bytes(2048)
FOREIGN = {
    "an ISO 9660 image": ISO,
    "an erofs image": bytes(1024) + b"\xe2\xe1\xf5\xe0" + bytes(4096),
    "an ext2, ext3 or ext4 file system": bytes(1080) + b"\x53\xef" + bytes(4096),
    "a squashfs image": b"hsqs" + bytes(4096),
    "a disk image with a boot sector (such as a LinuxKit boot.img)": b"\xeb\x3c" + bytes(508) + b"\x55\xaa" + bytes(512),
    "a qcow2 disk image": b"QFI\xfb" + bytes(512),
    "a Linux kernel (bzImage)": b"MZ" + bytes(512) + b"HdrS" + bytes(512),
    "an ELF program": images.elf(),
    "a Mach-O program": b"\xcf\xfa\xed\xfe" + bytes(512),
    "a tar archive": b"file" + bytes(253) + b"ustar" + bytes(300),
    "a zip archive": b"PK\3\4" + bytes(100),
    "a cpio archive of the old portable format": b"070707" + b"0" * 100,
    "lz4-compressed data (not the kernel's kind)": b"\x04\x22\x4d\x18" + bytes(100),
    "a macOS disk image (dmg)": b"x" * 2048 + b"koly" + bytes(508),
    "an empty file": b"",
    "unknown data": b"nothing known" * 100,
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_initramfs_is_named(pack, image, what):
    image.write_bytes(FOREIGN[what])
    for verb in ("add", "remove", "verify", "inspect"):
        done = pack(verb, image, code=3)
        assert f": it is {what}, not an initramfs\n" in done.stderr
    assert pack.facts("status", image, code=3)["state"] == "foreign"
    assert image.read_bytes() == FOREIGN[what]


COMPRESSED = {"bzip2": b"BZh9", "lzma": b"\x5d\0\0", "xz": b"\xfd7zXZ\0", "lzo": b"\x89LZO", "lz4": b"\x02\x21\x4c\x18",
              "zstd": b"\x28\xb5\x2f\xfd"}
MICROCODE = images.archive([images.directory("kernel"), images.file("kernel/GenuineIntel.bin", bytes(5000))])


@pytest.mark.parametrize("head", [b"", bytes(512), MICROCODE + bytes(100), MICROCODE * 2],
                         ids=["alone", "zeros", "microcode", "two"])
@pytest.mark.parametrize("method", COMPRESSED)
def test_a_compressor_that_moby_does_not_read_is_named(pack, image, method, head):
    image.write_bytes(head + COMPRESSED[method] + b"\xff" * 64)
    before = image.read_bytes()
    for verb in ("add", "remove"):
        assert pack(verb, image, code=3).stderr == (
            f"usermount-pack: unable to use {image}: it is compressed with {method}; Docker for Mac's kernels and "
            "usermount-pack read gzip only; nothing was changed\n")
    for verb in ("inspect", "verify"):
        number = head.count(b"TRAILER!!!") + 1
        assert pack(verb, image, code=3).stderr == (
            f"usermount-pack: unable to accept {image}: segment {number} ({method}) at byte {len(head)}: the segment is "
            "not compressed with gzip, the only method that Docker for Mac's kernels and usermount-pack read\n")
    facts = pack.facts("status", image, code=3)
    assert facts["state"] == "compressed" and facts["compressor"] == method
    assert pack("status", image, code=3).stdout == (
        f"{image}: compressed with {method}; Docker for Mac's kernels and usermount-pack read gzip only\n")
    assert image.read_bytes() == before


def test_microcode_before_a_guest_is_no_obstacle(pack, image):
    image.write_bytes(MICROCODE + images.moby())
    assert pack.facts("status", image, code=1)["state"] == "stock"
    pack("add", image)
    assert pack.facts("status", image)["state"] == "packed"


def with_service(target):
    """What docker-for-mac-nfs packs: an init script and a link of our name."""
    return images.gz(images.archive([
        *images.moby_entries(), images.file("etc/init.d/usermount", b"#!/sbin/openrc-run\n# mount -t nfs\n", 0o755),
        images.symlink("etc/runlevels/default/usermount", target)]))


LINKS = ["/etc/init.d/usermount", "../../init.d/usermount", "/etc/../etc/init.d/usermount"]


@pytest.mark.parametrize("target", LINKS)
def test_another_tools_service_is_named_for_what_it_is(pack, image, target):
    image.write_bytes(with_service(target))
    before = image.read_bytes()
    assert pack("add", image, code=5).stderr == (
        f"usermount-pack: unable to change {image}: etc/init.d/usermount: docker-for-mac-nfs or a similar tool packed it; "
        "restore Docker's own image (see docs/reference.md); --force packs it anyway\n")
    assert image.read_bytes() == before and sorted(os.listdir(image.parent)) == ["initrd.img", "share"]
    facts = pack.facts("add", "--force", image)
    assert facts["overrides"] == "/etc/init.d/usermount" and facts["backup"] == "made"
    assert (image.parent / "initrd.img.orig").read_bytes() == before
    names = pack.listing(image)
    assert names["etc/init.d/usermount"]["size"] == str(len(INITD))
    assert names["etc/runlevels/default/usermount"]["target"] == target
    pack("add", "--force", image)
    pack("remove", image)
    assert image.read_bytes() == before


def test_a_link_to_another_service_is_refused_even_by_force(pack, image):
    image.write_bytes(with_service("../../init.d/docker"))
    assert pack("add", "--force", image, code=5).stderr == (
        f"usermount-pack: unable to change {image}: etc/runlevels/default/usermount: the image uses this name for something else\n")


REFUSED = {
    # name: (image, options, exit code, text in the message)
    "no-openrc": (images.moby(openrc=False), [], 5, "it contains no OpenRC to start the agent"),
    "no-nfs": (images.moby(nfs="absent"), [], 5, "no NFS client"),
    "other-architecture": (images.moby(machine=images.I386), [], 5, "i386"),
    "other-architecture-forced": (images.moby(machine=images.I386), ["--force"], 5, "i386"),
    "no-program": (images.gz(images.archive([images.directory("sbin"), images.file("sbin/openrc", b"#!/bin/sh\n")])),
                   ["--force"], 5, "it contains no program, so its architecture is unknown"),
    "trailing-junk": (images.moby() + b"junk", [], 3, "the data is neither an archive nor compressed"),
    "bad-crc": (images.gz(images.archive(images.moby_entries()), crc=1), [], 3, "checksum"),
    "cut": (images.moby()[:-40], [], 3, "ends too early"),
    "xz-segment": (images.pad4(images.moby()) + b"\xfd7zXZ\0" + bytes(60), [], 3, "segment 2 (xz) at byte"),
    "no-files": (images.gz(images.archive([])), [], 3, "it contains no files"),
    "link-in-the-way": (images.gz(images.archive(images.moby_entries() + [
        images.symlink("etc/usermount.conf", "/etc/other")])), ["--force"], 5, "etc/usermount.conf"),
    "directory-in-the-way": (images.gz(images.archive(images.moby_entries() + [
        images.directory("etc/init.d/usermount")])), ["--force"], 5, "etc/init.d/usermount"),
    "parent-is-a-file": (images.gz(images.archive([e for e in images.moby_entries() if e.name != b"usr/sbin"] + [
        images.file("usr/sbin", b"")])), ["--force"], 5, "usr/sbin"),
    "parent-leads-nowhere": (images.gz(images.archive([e for e in images.moby_entries() if e.name != b"usr/sbin"] + [
        images.symlink("usr/sbin", "/mnt/sbin")])), ["--force"], 5, "usr/sbin"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_leave_everything_as_it_was(pack, image, name):
    content, options, code, text = REFUSED[name]
    image.write_bytes(content)
    stamp = image.stat()
    done = pack("add", *options, image, code=code)
    assert text in done.stderr and done.stderr.count("\n") == 1
    assert image.read_bytes() == content
    now = image.stat()  # but for the time of the last look
    assert (now.st_ino, now.st_size, now.st_mode, now.st_mtime_ns, now.st_ctime_ns) == (
        stamp.st_ino, stamp.st_size, stamp.st_mode, stamp.st_mtime_ns, stamp.st_ctime_ns)
    assert sorted(os.listdir(image.parent)) == ["initrd.img", "share"]


@pytest.mark.parametrize("content", [images.moby(openrc=False), images.moby(nfs="absent")])
def test_force_bends_openrc_and_nfs(pack, image, content):
    image.write_bytes(content)
    pack("add", "--force", image)
    pack("verify", image)


def test_nfs_is_found_where_it_is(pack, image):
    for nfs, word in (("builtin", "built\\040in"), ("module", "module"), (None, "unknown")):
        image.write_bytes(images.moby(nfs=nfs) if nfs else images.gz(images.archive(
            [e for e in images.moby_entries(nfs=None) if not e.name.startswith(b"lib/modules")])))
        assert pack.facts("add", image)["nfs"] == word
        pack("remove", image)


def test_something_put_behind_a_packed_image_is_refused(pack, image):
    pack("add", image)
    image.write_bytes(grown := image.read_bytes() + images.container())
    for verb in ("add", "remove"):
        assert f"{len(images.container())} bytes were appended after it was packed; use the original image\n" in pack(verb, image, code=5).stderr
    assert image.read_bytes() == grown
    # Far behind, it is the manifest in the tree that tells.
    image.write_bytes(grown + images.gz(images.archive([images.file("big", os.urandom(2 << 20))])))
    assert "changed after it was packed" in pack("add", image, code=5).stderr


def test_a_hard_linked_file_of_the_base_keeps_its_other_names(pack, image):
    image.write_bytes(images.gz(images.archive(images.moby_entries() + [
        images.file("etc/shared", b"", nlink=2, ino=4242),
        images.file("etc/usermount.conf", b"of the base", nlink=2, ino=4242),
    ])))
    before = pack.listing(image)["etc/shared"]
    assert "overrides=/etc/usermount.conf" in pack("add", "--porcelain", image).stdout
    after = pack.listing(image)
    assert after["etc/shared"]["crc32"] == before["crc32"] and after["etc/shared"]["links"] == "1"
    assert after["etc/usermount.conf"]["size"] == str(len(CONF))


def test_a_link_as_parent_is_followed(pack, image):
    entries = [e for e in images.moby_entries() if e.name != b"usr/sbin"]
    image.write_bytes(images.gz(images.archive(entries + [images.symlink("usr/sbin", "../sbin")])))
    pack("add", image)
    names = pack.listing(image)
    assert "sbin/usermount" in names and names["usr/sbin"]["target"] == "../sbin"


def test_missing_directories_are_added(pack, image):
    gone = (b"usr/sbin", b"etc/runlevels", b"etc/runlevels/default", b"etc/runlevels/default/docker")
    image.write_bytes(images.gz(images.archive([e for e in images.moby_entries() if e.name not in gone])))
    pack("add", image)
    names = pack.listing(image)
    assert names["usr/sbin/usermount"]["type"] == "f"
    assert names["etc/runlevels/default"]["mode"] == "0755"


def busybox(*contents):
    """busybox and two further names as one file, the contents in that order."""
    names = ("bin/busybox", "bin/ls", "bin/cat")
    return [images.file(n, c, 0o755, nlink=3, ino=4000) for n, c in zip(names, contents)]


def test_what_mobys_kernel_would_leave_empty_is_refused(pack, image):
    data = images.elf(payload=b"busybox")
    twice = images.archive(busybox(b"", b"", data))
    image.write_bytes(images.moby() + images.gz(twice) + images.gz(twice))
    before = image.read_bytes()
    done = pack("add", image, code=3)
    assert done.stderr == (f"usermount-pack: unable to use {image}: /bin/busybox and 2 more files are empty on Docker for "
                           "Mac's kernels: Linux 4.4 and 4.9 skip the hard links that contain the data (usermount-pack inspect "
                           "lists the files); use Docker's own image\n")
    assert pack("add", "--force", image, code=3).stderr == done.stderr
    assert image.read_bytes() == before and sorted(os.listdir(image.parent)) == ["initrd.img", "share"]


def test_a_harmless_difference_of_kernels_is_told_and_packed(pack, image):
    data = images.elf(payload=b"busybox")
    once = images.archive(busybox(data, b"", b""))
    other = images.archive([images.file(n, b"x", 0o755, nlink=2, ino=5000) for n in ("bin/new", "bin/cat")])
    image.write_bytes(images.moby() + images.gz(once) + images.gz(other))
    before = image.read_bytes()
    done = pack("add", image)
    assert done.stderr.startswith(f"usermount-pack: warning: {image}: segment 3 (gzip) at byte "), done.stderr
    assert done.stderr.endswith(", /bin/cat: a hard link has the name of an existing file; Linux 4.4 and 4.9 skip it "
                                "and its data; no file loses its data\n")
    assert pack("verify", image, code=3).stderr.count("/bin/cat: ") == 1
    pack("remove", image)
    assert image.read_bytes() == before


def test_limits_are_refusals(pack, image):
    image.write_bytes(images.archive(images.moby_entries()) + images.archive([]) * 5000)
    for verb in ("add", "verify"):
        assert pack(verb, image, code=5).stderr.endswith(": the image has more than 4096 segments, the limit of usermount-pack\n")
    image.write_bytes(images.moby())
    os.truncate(image, (2 << 30) - 400)  # a hole of zeros, as behind any image
    assert "2 GiB" in pack("add", image, code=5).stderr
    os.truncate(image, 5 << 30)
    assert "2 GiB" in pack("add", image, code=5).stderr
    assert pack.facts("status", image, code=1)["size"] == str(5 << 30)
    assert sorted(os.listdir(image.parent)) == ["initrd.img", "share"]


def test_status_reads_only_the_ends(pack, image):
    image.write_bytes(images.moby() + images.gz(images.archive([images.file("big", os.urandom(8 << 20))])))
    pack("add", image)
    packed = bytearray(image.read_bytes())
    packed[2 << 20:6 << 20] = bytes(4 << 20)  # nobody looks there
    image.write_bytes(packed)
    assert pack.facts("status", image)["state"] == "packed"
    pack("verify", image, code=3)


USAGE = [[], ["pack"], ["add", "--st", "a=b"], ["add", "--set"], ["add", "a", "b"], ["status", "--gzip", "x"],
         ["inspect", "--set", "a=b"], ["verify", "-o", "x"], ["remove", "--force"], ["add", "--force=yes", "x"],
         ["status", "-"], ["add", "-"], ["remove", "-"]]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_usage_errors(pack, arguments):
    done = subprocess.run([pack.program, *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr and not done.stdout


def test_without_an_image_there_is_none_on_linux(pack):
    assert "name an IMAGE" in pack("status", code=2).stderr


def test_help_and_version(pack):
    top = pack("--help").stdout
    for verb in ("add", "remove", "status", "inspect", "verify"):
        assert f"  {verb} " in top
        text = pack(verb, "--help").stdout
        assert text.startswith(f"Usage: usermount-pack {verb}")
        assert all(len(line) <= 80 for line in text.splitlines())
    assert "--set KEY=VALUE" in pack("add", "--help").stdout and "--set" not in pack("verify", "--help").stdout
    assert re.fullmatch(r"usermount-pack \d+\.\d+\.\d+\S*\n", pack("--version").stdout)


@pytest.mark.parametrize("verb", ["add", "remove", "status", "inspect", "verify"])
def test_what_cannot_be_opened(pack, tmp_path, verb):
    assert "No such file" in pack(verb, tmp_path / "missing", code=4).stderr
    assert "Is a directory" in pack(verb, tmp_path, code=3).stderr
    os.mkfifo(tmp_path / "fifo")
    assert "not a regular file" in pack(verb, tmp_path / "fifo", code=3).stderr


def test_a_report_that_cannot_be_written_is_an_error(pack, image):
    with open("/dev/full", "w") as full:
        done = subprocess.run([pack.program, "inspect", image], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 4 and "standard output" in done.stderr


def test_names_of_the_image_do_not_reach_the_terminal_raw(pack, tmp_path):
    image = tmp_path / "x.img"
    image.write_bytes(images.gz(images.archive([images.file(b"a\x1b[31m\nb", b"1"), images.file(b"no/\x1b]0;x", b"2")])))
    text = pack("inspect", "--list", image).stdout
    assert "\x1b" not in text and "a\\033[31m\\012b" in text


def test_the_image_s_own_name_does_not_reach_the_terminal_raw(pack, tmp_path):
    (image := tmp_path / "\x1b[31m.img").write_bytes(images.moby())
    for words in (["add"], ["add"], ["add", "-o", tmp_path / "\x1b.out"], ["status"], ["verify"], ["remove"], ["remove"]):
        done = subprocess.run([pack.program, *words, image], capture_output=True, text=True,
                              env={**os.environ, "USERMOUNT_SHARE": str(pack.share)})
        assert "\x1b" not in done.stdout + done.stderr and "\\033" in done.stdout + done.stderr


def test_the_payload_is_found_beside_the_program(pack, image, tmp_path):
    there = tmp_path / "opt" / "bin"
    there.mkdir(parents=True)
    shutil.copy(pack.program, there / "usermount-pack")
    (tmp_path / "link").symlink_to(there / "usermount-pack")
    env = {k: v for k, v in os.environ.items() if k != "USERMOUNT_SHARE"}
    for folder in (tmp_path / "opt/share/usermount", there / "share/usermount"):
        shutil.copytree(pack.share, folder)
        subprocess.run([tmp_path / "link", "add", image], check=True, env=env, capture_output=True)
        subprocess.run([tmp_path / "link", "remove", image], check=True, env=env, capture_output=True)
        shutil.rmtree(folder)
    assert subprocess.run([tmp_path / "link", "add", image], env=env, capture_output=True).returncode == 4
