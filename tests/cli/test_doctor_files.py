# SPDX-License-Identifier: MIT
"""What doctor finds in /etc/exports and /etc/nfs.conf, file by file: the tables of mac_files.py."""

import os

import pytest

from mac import IMAGE, Mac
from mac_files import CONFS, EXPORTS, MISSING, NEW_MACOS, RESV


def told(finding):
    place = f":{finding['line']}" if "line" in finding else ""
    return f"{finding['finding']} {finding['check']}{place} {finding['text']}"


def check(mac, wanted):
    findings = mac.findings(code=1 if any(line.startswith("wrong") for line in wanted) else 0)
    got = [told(finding) for finding in findings if finding["finding"] != "ok"]
    assert len(got) == len(wanted), got
    for line, want in zip(got, wanted):
        head, _, text = want.partition(" ")[2].partition(" ")
        assert line.startswith(want.split(" ")[0] + " " + head + " ") and text in line, (line, want)


def prepare(mac, text, folders):
    mac.names()
    mac.write("etc/exports", text)
    for folder in folders:
        path, _, target = folder.partition("->")
        if target:
            (mac.root / path[1:]).symlink_to(target)
        else:
            (mac.root / path[1:]).mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("name", EXPORTS)
def test_exports(build, tmp_path, name):
    text, folders, wanted = EXPORTS[name]
    mac = Mac(build, tmp_path / "mac")
    prepare(mac, text, folders)
    check(mac, wanted)


@pytest.mark.parametrize("name", NEW_MACOS)
def test_exports_since_macos_10_15(build, tmp_path, name):
    text, folders, wanted = NEW_MACOS[name]
    mac = Mac(build, tmp_path / "mac", macos="10.15.7")
    prepare(mac, text, folders)
    check(mac, wanted)


@pytest.mark.parametrize("name", CONFS)
def test_nfs_conf(build, tmp_path, name):
    text, wanted = CONFS[name]
    mac = Mac(build, tmp_path / "mac")
    mac.write("etc/nfs.conf", text)
    check(mac, wanted)


def test_there_are_enough_of_them():
    assert len(EXPORTS) + len(NEW_MACOS) >= 40 and len(CONFS) >= 20


def test_files_that_are_missing(build, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    os.unlink(mac.root / "etc/exports")
    os.unlink(mac.root / "etc/nfs.conf")
    check(mac, [RESV, "wrong exports the file is missing", MISSING])


def test_an_export_is_needed_for_each_mount_of_the_configuration(build, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    conf = tmp_path / "own.conf"
    conf.write_text("mount = /Users/me/src:/src\nmount = /opt/data:/data\nmount = 10.1.1.1:/nas:/nas\n")
    (mac.root / "Users/me/src").mkdir()
    (mac.root / "opt/data").mkdir(parents=True)
    mac.write("etc/exports", "/Users -alldirs -mapall=501:20 localhost\n/opt -mapall=501:20 localhost\n")
    got = [told(f) for f in mac.findings("--config", conf, code=1) if f["check"] == "export"]
    assert got == ["ok export:1 /Users/me/src is exported to localhost as 501:20",
                   "wrong export:2 /opt/data lies in /opt, which is exported without -alldirs",
                   "note export /nas comes from 10.1.1.1, not from this Mac"]


def test_the_mounts_are_those_of_the_packed_image(build, tmp_path):
    for more in ([], ["--gzip"]):
        mac = Mac(build, tmp_path / f"mac{len(more)}" / "root", packed=False)
        mac.run("add", "--no-backup", "--set", "mount=/opt", *more, mac.root / IMAGE)
        assert "/opt is not exported" in mac.doctor(code=1).stdout
