# SPDX-License-Identifier: MIT
"""What doctor says of the Mac around the exports: nfsd's own word, hosts, volumes, versions of macOS, and cures."""

import os
import subprocess
import time

import pytest

from mac import GOOD_EXPORTS, NAMES, NFSD, Mac

CHECK = "grep -n BAD"


@pytest.fixture
def mac(build, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    mac.names()
    return mac


def complain(mac, text, code=1):
    """An nfsd whose checkexports says that."""
    mac.write("sbin/nfsd", NFSD.replace("checkexports)\n", f"checkexports)\n    cat <<'E' >&2\n{text}\nE\n    exit {code};;\nx)\n"))


def of(mac, *checks, code):
    return [(f["finding"], f["check"], f.get("line"), f["text"]) for f in mac.findings(code=code) if f["check"] in checks]


def test_a_line_that_nfsd_names_serves_nobody(mac):
    complain(mac, "exports:1: kernel export registration failed")
    assert of(mac, "checkexports", "syntax", "export", code=1) == [
        ("wrong", "checkexports", None, "nfsd checkexports reports: exports:1: kernel export registration failed"),
        ("wrong", "syntax", "1", "nfsd ignores this line: nfsd checkexports rejects it"),
        ("wrong", "export", None, "/Users is not exported")]


@pytest.mark.parametrize("warning", ["couldn't get address for host: hostz", "duplicate directory: /Users",
                                     "path contains non-directory or non-existent components: /Users/x"])
def test_a_line_that_nfsd_only_warns_of_is_served(mac, warning):
    complain(mac, f"exports:1: {warning}")
    assert of(mac, "checkexports", "syntax", "export", code=0) == [
        ("note", "checkexports", None, f"nfsd checkexports reports: exports:1: {warning}"),
        ("ok", "export", "1", "/Users is exported to localhost as 501:20")]


def test_lines_without_a_number_are_shown_too(mac):
    mac.write("etc/exports", GOOD_EXPORTS + "/opt -mapall=x localhost\n")
    complain(mac, "Unknown user: x\nmap credential error\nexports:2: error processing options: -mapall=x localhost")
    assert of(mac, "checkexports", code=1) == [
        ("note", "checkexports", None, "nfsd checkexports reports: Unknown user: x"),
        ("note", "checkexports", None, "nfsd checkexports reports: map credential error"),
        ("wrong", "checkexports", None, "nfsd checkexports reports: exports:2: error processing options: -mapall=x localhost")]


def test_fix_replaces_a_line_that_nfsd_refuses(mac):
    mac.write("etc/exports", "/Users -alldirs -mapall=501:20 localhost BAD\n")
    mac.doctor("--fix", code=1)
    assert mac.read("etc/exports").count("-mapall=501:20 localhost\n") == 1


def test_nfsd_is_given_five_seconds(mac):
    mac.write("sbin/nfsd", NFSD.replace("checkexports)\n", "checkexports)\n    exec sleep 60\n"))
    start = time.monotonic()
    found = of(mac, "checkexports", "export", code=1)
    assert time.monotonic() - start < 8
    assert found == [("wrong", "checkexports", None, "nfsd checkexports fails (Connection timed out)"),
                     ("ok", "export", "1", "/Users is exported to localhost as 501:20")]


def test_hosts_without_localhost(mac):
    mac.write("etc/hosts", "127.0.0.1 my-mac\n")
    found, = [f for f in mac.findings(code=1) if f["check"] == "hosts"]
    assert (found["finding"], found["file"], found["fix"]) == ("wrong", "/etc/hosts", "add the line 127.0.0.1 localhost")
    assert ("wrong", "export", None, "/Users is not exported") in of(mac, "export", code=1)
    mac.doctor("--fix", code=1)
    assert "\n/Users -alldirs -mapall=501:20 127.0.0.1\n" in mac.read("etc/exports")
    assert of(mac, "export", code=1) == [("ok", "export", "4", "/Users is exported to localhost as 501:20")]
    mac.write("etc/hosts", "127.0.0.1 my-mac LocalHost\n")
    assert of(mac, "hosts", code=0) == []


@pytest.mark.parametrize("version, told", [("10.13", True), ("10.13.0", True), ("10.13.1", True), ("10.13.2", False),
                                           ("10.12.6", False), ("11.2", False)])
def test_nfs_from_apfs_in_the_first_high_sierra(build, tmp_path, version, told):
    mac = Mac(build, tmp_path / "mac", macos=version)
    found = [(f["finding"], f["fix"]) for f in mac.findings(code=0) if f["check"] == "apfs"]
    assert found == ([("note", "update to macOS 10.13.2 or later")] if told else [])


def test_the_cure_of_a_setting_has_nfsd_read_it_anew(mac):
    mac.write("etc/nfs.conf", "")
    found, = [f for f in mac.findings(code=1) if f["check"] == "nfs-conf"]
    assert found["fix"] == ("sudo usermount-pack doctor --fix, or set nfs.server.mount.require_resv_port = 0 there and "
                            "run sudo nfsd update")
    assert not [f for f in mac.findings(code=1) if "restart" in f.get("fix", "")]


def test_a_setting_on_a_long_line_and_one_of_more_than_32_bits(mac):
    key = "nfs.server.mount.require_resv_port"
    for text, right in ((f"{key} = 1\n{key}{' ' * 600}= {' ' * 600}0\n", True), (f"{key} = 4294967296\n", True),
                        (f"{key} = 4294967297\n", False), (f"{key} = {'9' * 40}\n", False)):
        mac.write("etc/nfs.conf", text)
        assert of(mac, "nfs-conf", code=0 if right else 1)[0][0] == ("ok" if right else "wrong"), text


MOUNTED = """set -e
mount -t tmpfs none "$1/Users/me/disk"
exec "$2" doctor --root "$1" --porcelain
"""


def test_a_volume_below_the_export_is_told(mac):
    (mac.root / "Users/me/disk").mkdir()
    done = subprocess.run(["unshare", "-m", "sh", "-c", MOUNTED, "sh", mac.root, mac.program], capture_output=True, text=True,
                          env={**os.environ, "USERMOUNT_SHARE": str(mac.share)}, timeout=60)
    line, = [line for line in done.stdout.splitlines() if " check=volume " in line]
    assert line.startswith("finding=note ") and done.returncode == 0
    assert "/Users/me/disk\\040is\\040not\\040part\\040of\\040the\\040export\\040of\\040/Users" in line
    assert line.endswith("fix=usermount-pack\\040add\\040--set\\040mount\\075/Users/me/disk")


def test_fix_writes_a_line_for_each_volume(mac, tmp_path):
    (mac.root / "Users/me/disk").mkdir()
    conf = tmp_path / "own.conf"
    conf.write_text("mount = /Users\nmount = /Users/me/disk:/disk\nmount = /Users/me:/home\n")
    mac.write("etc/exports", "")
    script = MOUNTED.replace("--porcelain", '--config "$3" --fix')
    done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", mac.root, mac.program, conf], capture_output=True, text=True,
                          env={**os.environ, "USERMOUNT_SHARE": str(mac.share)}, timeout=60)
    assert done.returncode == 0, done
    assert mac.read("etc/exports").splitlines()[2:-1] == [
        "/Users /Users/me -alldirs -mapall=501:20 localhost", "/Users/me/disk -alldirs -mapall=501:20 localhost"]


@pytest.mark.parametrize("mounts, lines", [
    ("mount = /Users\nmount = /Users-x\nmount = /Users/a:/mnt/a\n",
     ["/Users /Users/a -alldirs -mapall=501:20 localhost", "/Users-x -alldirs -mapall=501:20 localhost"]),
    ("mount = /Users\nmount = /Users:/mnt/users\n", ["/Users -alldirs -mapall=501:20 localhost"])])
def test_what_fix_writes_doctor_calls_right(mac, tmp_path, mounts, lines):
    (mac.root / "Users/a").mkdir()
    os.chown(mac.root / "Users/a", 501, 20)
    (mac.root / "Users-x").mkdir()
    mac.write("etc/exports", "")
    conf = tmp_path / "own.conf"
    conf.write_text(mounts)
    done = mac.doctor("--config", conf, "--fix")
    assert mac.read("etc/exports").splitlines()[2:-1] == lines and "\nwrong " not in done.stdout


@pytest.mark.parametrize("theirs, advice", [
    ('"/Users/me/project" 172.17.8.101 -alldirs -mapall=501:20\n',
     'write it as: /Users "/Users/me/project" 172.17.8.101 -alldirs -mapall=501:20 (its hosts may then mount /Users), or '
     "keep it and run usermount-pack add --set mount=/Users/me/project\n"),
    ("/ 10.0.0.1\n", "write it as: /Users 10.0.0.1\n"),
    ("/Users -ro localhost hosta\n", "write it as: /Users -alldirs -mapall=501:20 localhost hosta\n")])
def test_fix_says_what_to_make_of_a_line_in_the_way_and_that_serves(mac, theirs, advice):
    (mac.root / "Users/me/project").mkdir()
    mac.write("etc/exports", "#\n" + theirs)
    done = mac.doctor("--fix", code=5)
    assert done.stderr.startswith("usermount-pack: unable to change /etc/exports:2: it") and done.stderr.endswith(advice), done.stderr
    mac.write("etc/exports", "#\n" + advice.split("write it as: ")[1].split(" (its hosts")[0].strip() + "\n")
    assert "\nwrong " not in mac.doctor("--fix").stdout


def test_users_of_the_root_folder_s_own_files(mac):
    mac.write("etc/passwd", NAMES["etc/passwd"].replace("me:*:501", "other:*:501"))
    mac.write("etc/exports", "/Users -mapall=me:staff localhost\n")
    assert of(mac, "syntax", code=1) == [("wrong", "syntax", "1", "nfsd ignores this line: this Mac has no such user (me:staff)")]


def test_a_home_of_root_s_is_nobody_s(mac):
    (mac.root / "Users/a").mkdir()
    mac.write("etc/exports", "")
    mac.doctor("--fix")
    assert "-mapall=501:20" in mac.read("etc/exports")
