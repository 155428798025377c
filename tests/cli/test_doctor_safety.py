# SPDX-License-Identifier: MIT
"""What doctor --fix and --unfix never do: lose a file, overwrite somebody's backup, stop half-way."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

import cpu
import tracer
from mac import NFSD, Mac

FRESH_CONF = "#\n# nfs.conf: the NFS configuration file\n#\n"


@pytest.fixture
def mac(build, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    mac.write("etc/exports", "# mine\n")
    mac.write("etc/nfs.conf", FRESH_CONF)
    return mac


def etc(mac):
    return {file.name: file.read_bytes() for file in (mac.root / "etc").iterdir()}


def command(mac, *words):
    return [str(mac.program), "doctor", "--root", str(mac.root), *words]


def test_a_backup_of_the_user_s_is_neither_overwritten_nor_deleted(mac):
    for own in ("# from last year\n", "# mine\n"):
        mac.write("etc/exports.before-usermount", own)
        before = etc(mac)
        text = mac.doctor("--fix").stdout
        assert "wrote /etc/exports (backup: /etc/exports.before-usermount.2)\n" in text
        assert mac.read("etc/exports.before-usermount") == own
        assert mac.read("etc/exports.before-usermount.2") == "# mine\n"
        mac.doctor("--unfix")
        assert etc(mac) == before


def test_where_every_name_for_a_backup_is_taken_nothing_is_written(mac):
    for suffix in ["", *(f".{number}" for number in range(2, 10))]:
        mac.write("etc/exports.before-usermount" + suffix, "")
    before = etc(mac)
    assert "all nine names for a backup are in use" in mac.doctor("--fix", code=5).stderr
    assert etc(mac) == before


@pytest.mark.parametrize("exports", [None, "# mine\n"])
@pytest.mark.parametrize("verb", ["--fix", "--unfix"])
def test_killed_at_any_system_call_the_files_are_the_old_or_the_new_ones(mac, exports, verb):
    """No empty file stays, and the next run gets through."""
    os.unlink(mac.root / "sbin/nfsd")

    def put():
        for file in (mac.root / "etc").iterdir():
            file.unlink()
        mac.write("etc/nfs.conf", FRESH_CONF)
        if exports is not None:
            mac.write("etc/exports", exports)
        if verb == "--unfix":
            mac.doctor("--fix")

    def state():
        return {file.name: (file.stat().st_ino, file.stat().st_size, file.stat().st_mode) for file in (mac.root / "etc").iterdir()}

    put()
    old = etc(mac)
    states = []
    tracer.run(command(mac, verb), lambda index, info: states.append(state()))
    new = etc(mac)
    assert old != new
    # Around each call that changes something there, and at every tenth of the others.
    stops = {stop for at in range(1, len(states)) if states[at] != states[at - 1] for stop in (at - 1, at, at + 1)}
    killed = 0
    for stop in sorted(stops | set(range(0, len(states), 10))):
        put()
        status = tracer.run(command(mac, verb), lambda index, info, stop=stop: index == stop)
        killed += status == signal.SIGKILL
        now = etc(mac)
        for name in ("exports", "nfs.conf"):
            assert now.get(name) in (old.get(name), new.get(name)), (stop, name, now)
    assert killed > 30 and len(stops) > 10, (killed, stops)
    mac.doctor(verb, code=None)
    for name in ("exports", "nfs.conf"):
        assert etc(mac).get(name) == new.get(name)
    assert not [name for name in etc(mac) if "usermount-" in name and "before" not in name], etc(mac)


def test_where_nfs_conf_cannot_be_written_the_exports_stay_as_they_were(mac):
    """Somebody changes it while nfsd looks at the new exports."""
    mac.write("sbin/nfsd", NFSD.replace("-F ] || {", '-F ] || { echo "# meanwhile" >>"$here/../etc/nfs.conf";'))
    assert "another program changed it" in mac.doctor("--fix", code=5).stderr
    assert etc(mac) == {"exports": b"# mine\n", "nfs.conf": FRESH_CONF.encode() + b"# meanwhile\n"}
    assert "update" not in mac.log()


def test_no_exports_and_no_rights(mac):
    os.unlink(mac.root / "etc/exports")
    os.chmod(mac.root.parent, 0o755)
    for folder in [mac.root, *mac.root.parents]:
        if folder != pathlib.Path("/") and not folder.stat().st_mode & 0o001:
            os.chmod(folder, folder.stat().st_mode | 0o001)
    done = subprocess.run(command(mac, "--fix"), capture_output=True, text=True, user=501, group=20, extra_groups=[],
                          env={"PATH": os.environ["PATH"], "USERMOUNT_SHARE": str(mac.share)}, timeout=60)
    assert done.returncode == 4 and "Permission denied" in done.stderr and "sudo" in done.stderr, done
    assert "No such file" not in done.stderr and not (mac.root / "etc/exports").exists()


def immutable(path, on):
    return subprocess.run(["chattr", "+i" if on else "-i", path], capture_output=True).returncode == 0


def test_an_immutable_file_is_told(mac):
    exports = mac.root / "etc/exports"
    assert immutable(exports, True), "this file system has no chattr +i"
    try:
        done = mac.doctor("--fix", code=4)
        assert done.stderr.startswith("usermount-pack: unable to ")
        assert "the file is locked; run sudo chflags nouchg,noschg" in done.stderr
        assert mac.read("etc/exports") == "# mine\n" and mac.read("etc/nfs.conf") == FRESH_CONF
    finally:
        immutable(exports, False)


def test_a_link_is_told(mac):
    (mac.root / "etc/exports").rename(mac.root / "etc/real")
    (mac.root / "etc/exports").symlink_to("real")
    found, = [f for f in mac.findings("--fix", code=0) if f["check"] == "link"]
    assert (found["finding"], found["file"], found["text"]) == ("note", "/etc/exports", "it is a symbolic link to real")


@pytest.mark.parametrize("lines", ["/opt/data -ro 10.0.{0}.{1}\n", "/opt/{0}/{1} 10.0.0.1\n", "# {0} {1}\n",
                                   "/opt/data host{0}x{1}\n", "/Users/me -mapall=501:20 localhost\n"])
def test_twenty_thousand_lines_take_less_than_a_second(mac, lines):
    (mac.root / "opt/data").mkdir(parents=True)
    mac.names()
    mac.write("etc/exports", "".join(lines.format(i // 200, i % 200) for i in range(20000)))
    os.unlink(mac.root / "sbin/nfsd")
    start_s = cpu.used_s()
    mac.doctor(code=None)
    assert cpu.used_s() - start_s < 1
    before, start_s = etc(mac), cpu.used_s()
    done = mac.doctor("--fix", code=None)
    assert cpu.used_s() - start_s < 2
    if done.returncode == 5:
        assert etc(mac) == before


def test_since_10_14_a_refusal_to_root_is_about_full_disk_access(build, tmp_path):
    """The rename is refused as macOS refuses it: EPERM, and the file is not locked."""
    mac = Mac(build, tmp_path / "mac", macos="10.14.6")
    mac.write("etc/exports", "# mine\n")
    os.unlink(mac.root / "sbin/nfsd")
    library = tmp_path / "refuse.so"
    source = tmp_path / "refuse.c"
    source.write_text("#include <errno.h>\n#include <string.h>\n"
                      "int rename(const char *from, const char *to) { (void)from; (void)to; errno = EPERM; return -1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    done = mac.doctor("--fix", code=4, env={"LD_PRELOAD": str(library)})
    assert "Full Disk Access" in done.stderr and "sudo" not in done.stderr, done.stderr
    assert mac.read("etc/exports") == "# mine\n"


@pytest.mark.parametrize("exports", [None, "# mine\n"])
def test_a_folder_that_cannot_be_synced_loses_no_file(mac, tmp_path, exports):
    """The new file has its name already: it stays, and nfsd is told."""
    if exports is None:
        os.unlink(mac.root / "etc/exports")
    library, source = tmp_path / "unsynced.so", tmp_path / "unsynced.c"
    source.write_text("#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <errno.h>\n#include <sys/stat.h>\n"
                      "int fsync(int fd) {\n    struct stat seen;\n    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, \"fsync\");\n"
                      "    if (fstat(fd, &seen) == 0 && S_ISDIR(seen.st_mode)) {\n        errno = EIO;\n        return -1;\n    }\n"
                      "    return next(fd);\n}\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    mac.doctor("--fix", env={"LD_PRELOAD": str(library)})
    assert mac.read("etc/exports").startswith(exports or "# usermount-pack: begin ")
    assert "-mapall=501:20 localhost\n" in mac.read("etc/exports") and "update" in mac.log()
