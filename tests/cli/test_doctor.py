# SPDX-License-Identifier: MIT
"""doctor on a whole Mac: Docker, nfsd, the image; what --fix writes and --unfix takes out again; exit codes."""

import os
import subprocess
import threading
import time

import images
import pytest

from mac import DATABASE, GOOD_CONF, GOOD_EXPORTS, GROUP, IMAGE, NFSD, PLIST, SHARES, Mac

FRESH_CONF = "#\n# nfs.conf: the NFS configuration file\n#\n"
EXPORTS_BLOCK = "# usermount-pack: begin"


@pytest.fixture
def mac(build, tmp_path):
    return Mac(build, tmp_path / "mac")


@pytest.fixture
def fresh(mac):
    """As macOS is shipped: no exports, nothing in nfs.conf, nfsd off."""
    os.unlink(mac.root / "etc/exports")
    mac.write("etc/nfs.conf", FRESH_CONF)
    mac.write("sbin/nfsd.disabled", "")
    mac.write("sbin/nfsd.stopped", "")
    return mac


def finding(mac, check, code):
    found = [f for f in mac.findings(code=code) if f["check"] == check]
    assert len(found) == 1, found
    return found[0]


def etc(mac):
    return {file.name: file.read_bytes() for file in (mac.root / "etc").iterdir()}


def test_a_mac_that_is_well_set_up(mac):
    text = mac.doctor().stdout
    assert [line.split()[0] for line in text.splitlines()] == ["ok"] * 8
    for part in ("macOS 10.12.6", "require_resv_port = 0", "nfsd is running", "checkexports reports no errors",
                 "/etc/exports:1: /Users is exported to localhost as 501:20", "Docker for Mac 17.09.1-ce-mac42",
                 "Docker does not share /Users itself", "packed by usermount-pack"):
        assert part in text


def test_each_finding_is_one_line_for_people_and_for_scripts(fresh):
    people = fresh.doctor(code=1).stdout.splitlines()
    findings = fresh.findings(code=1)
    assert len(people) == len(findings)
    for line, found in zip(people, findings):
        assert line.startswith(f"{found['finding']:5} ") and found["text"] in line
        assert line.endswith(found.get("fix", found["text"]))
        assert (found["finding"] != "wrong") or "fix" in found, line
    assert {f["check"] for f in findings} == {"macos", "nfs-conf", "nfsd", "exports", "export", "docker", "file-sharing", "image"}


@pytest.mark.parametrize("version, fits", [("1.12.6", True), ("1.13.1", True), ("17.03.1-ce-mac12", True),
                                           ("17.09.1-ce-mac42", True), ("17.12.0-ce-mac46", False), ("1.11.2-beta15", False),
                                           ("18.06.1-ce-mac73", False), ("2.0.0.3", False), ("4.25.0", False)])
def test_docker_s_version(build, tmp_path, version, fits):
    mac = Mac(build, tmp_path / "mac", docker=version)
    found = finding(mac, "docker", 0 if fits else 1)
    assert found["finding"] == ("ok" if fits else "wrong") and version in found["text"]


def test_docker_that_is_not_there_or_says_no_version(mac):
    mac.write("Applications/Docker.app/Contents/Info.plist", b"bplist00\xd1\x01\x02")
    assert finding(mac, "docker", 0)["finding"] == "note"
    os.unlink(mac.root / "Applications/Docker.app/Contents/Info.plist")
    assert finding(mac, "docker", 1)["text"] == "/Applications/Docker.app is missing"


SETTINGS = {
    # name: ({file: text}, level)
    "database-with-users": ({DATABASE: "/Users:/Users\n" + SHARES}, "wrong"),
    "database-with-a-folder-below": ({DATABASE: "/Users/me/src:/Users/me/src\n"}, "wrong"),
    "database-with-another-target": ({DATABASE: "/Users:/mac\n"}, "ok"),
    "database-with-a-look-alike": ({DATABASE: "/Users2:/Users2\n"}, "ok"),
    "database-empty": ({DATABASE: ""}, "ok"),
    "database-before-settings": ({DATABASE: SHARES, GROUP + "/settings.json": '{"memoryMiB": 2048}'}, "ok"),
    "settings-with-users": ({GROUP + "/settings.json":
                             '{\n  "memoryMiB" : 2048,\n  "filesharingDirectories" : [\n    "\\/Users",\n    "\\/tmp"\n  ]\n}'},
                            "wrong"),
    "settings-without": ({GROUP + "/settings.json": '{"a":{"filesharingDirectories":["/Users"]},'
                          '"filesharingDirectories":["/Volumes","/private"],"b":[1,{"c":null}]}'}, "ok"),
    "settings-none": ({GROUP + "/settings.json": '{"filesharingDirectories":[]}'}, "ok"),
    "settings-say-nothing": ({GROUP + "/settings.json": '{"version":"2.0.0.3"}'}, "wrong"),
    "settings-store": ({GROUP + "/settings-store.json": '{"FilesharingDirectories":["/Users"]}'}, "wrong"),
    "settings-broken": ({GROUP + "/settings.json": '{"filesharingDirectories":["/Us'}, "note"),
    "nothing": ({}, "note"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_docker_s_file_sharing(mac, name):
    files, level = SETTINGS[name]
    os.unlink(mac.root / DATABASE)
    for path, text in files.items():
        mac.write(path, text)
    found = finding(mac, "file-sharing", 1 if level == "wrong" else 0)
    assert found["finding"] == level
    assert level == "note" or found["file"][1:] in files


def test_the_image_in_each_state(mac):
    image = mac.root / IMAGE
    packed = image.read_bytes()
    states = {
        "stock": (images.moby(), "wrong", "stock"),
        "newer": (packed.replace(b"format=1\nversion=0.1.0\n", b"format=2\nversion=9.8.7\n"), "note", "9.8.7"),
        "older": (packed.replace(b"version=0.1.0\n", b"version=0.0.9\n"), "note", "0.0.9"),
        "changed": (packed + images.container(), "wrong", "changed"),
        "foreign": (bytes(32769) + b"CD001" + bytes(2048), "wrong", "ISO 9660"),
        "packed": (packed, "ok", "packed by"),
    }
    for data, level, text in states.values():
        image.write_bytes(data)
        found = finding(mac, "image", 1 if level == "wrong" else 0)
        assert (found["finding"], text in found["text"]) == (level, True), found
    image.unlink()
    assert finding(mac, "image", 1)["text"] == "the image is missing"


def test_the_job_that_packs_anew_works_for_the_image_s_owner_alone(mac):
    """The Mac's user is 501; a job that is not installed is no matter."""
    os.chown(mac.root / IMAGE, 502, 20)
    assert "job" not in {found["check"] for found in mac.findings(code=0)}
    job = "/Library/LaunchAgents/usermount-pack.plist"
    mac.write(job[1:], "")
    found = finding(mac, "job", 0)
    assert (found["finding"], found["file"], found["text"], found["fix"]) == \
        ("note", job, "Docker's image belongs to uid 502; this job runs as uid 501 and cannot pack it",
         "switch it on as uid 502, or run after each upgrade of Docker: sudo usermount-pack add")
    os.chown(mac.root / IMAGE, 0, 0)
    assert finding(mac, "job", 0)["fix"] == "run after each upgrade of Docker: sudo usermount-pack add"
    os.chown(mac.root / IMAGE, 501, 20)
    assert "job" not in {found["check"] for found in mac.findings(code=0)}


def test_nfsd_s_state(mac):
    mac.write("sbin/nfsd.stopped", "")
    assert finding(mac, "nfsd", 1)["text"] == "nfsd is not running"
    os.unlink(mac.root / "sbin/nfsd.stopped")
    mac.write("sbin/nfsd.disabled", "")
    assert "will not start at the next boot" in finding(mac, "nfsd", 1)["text"]
    mac.write("sbin/nfsd", "#!/bin/sh\nkill -9 $$\n")
    assert finding(mac, "nfsd", 1)["text"] == "nfsd is not running"
    mac.write("sbin/nfsd", "#!/no/such/shell\n")
    assert "No such file" in finding(mac, "nfsd", 1)["text"]
    os.unlink(mac.root / "sbin/nfsd")
    assert finding(mac, "nfsd", 0)["finding"] == "note"


def test_what_checkexports_says_is_passed_on(mac):
    mac.write("etc/exports", "# BAD \x1b[31mbusiness\n" + GOOD_EXPORTS)
    done = mac.doctor(code=1)
    assert "nfsd checkexports reports: exports:1: this line is bad \\033[31mbusiness" in done.stdout


def test_an_nfsd_without_full_disk_access_is_known(mac):
    mac.write("sbin/nfsd", NFSD.replace("this line is bad", 'sandbox_check failed. nfsd has no read access to'))
    mac.write("etc/exports", GOOD_EXPORTS + "# BAD /Users\n")
    assert "Full Disk Access" in finding(mac, "checkexports", 1)["fix"]


def test_a_line_that_is_in_the_way_is_named(mac):
    (mac.root / "Users/me/project").mkdir()
    mac.write("etc/exports", "#\n/Users/me/project 172.17.8.101\n")
    assert finding(mac, "export", 1)["fix"] == "change or remove line 2, which conflicts with it"
    mac.write("etc/exports", "/Users 172.17.8.101\n")
    assert finding(mac, "export", 1)["fix"] == "sudo usermount-pack doctor --fix"


def test_fix_sets_up_a_fresh_mac(fresh):
    done = fresh.doctor("--fix")
    assert done.stdout.startswith("wrote /etc/exports\nwrote /etc/nfs.conf (backup: /etc/nfs.conf.before-usermount)\n"
                                  "ran nfsd enable\nok ")
    assert "\nwrong " not in done.stdout
    begin, heading, line, end = fresh.read("etc/exports").splitlines()
    assert begin.startswith("# usermount-pack: begin ") and begin.endswith(" new-file") and heading.startswith("# Written by")
    assert (line, end) == (GOOD_EXPORTS.strip(), "# usermount-pack: end")
    assert fresh.read("etc/nfs.conf").startswith(FRESH_CONF + "# usermount-pack: begin ")
    assert "\n" + GOOD_CONF in fresh.read("etc/nfs.conf")
    assert fresh.read("etc/nfs.conf.before-usermount") == FRESH_CONF
    assert (fresh.root / "etc/exports").stat().st_mode & 0o7777 == 0o644
    assert fresh.log() == ["-F FILE checkexports", "status", "enable", "checkexports", "status"]


def test_fix_twice_is_fix_once(fresh):
    fresh.doctor("--fix")
    before, stamps = etc(fresh), [file.stat().st_ino for file in sorted((fresh.root / "etc").iterdir())]
    os.unlink(fresh.root / "sbin/nfsd.log")
    assert fresh.doctor("--fix").stdout.startswith("ok ")
    assert etc(fresh) == before and [file.stat().st_ino for file in sorted((fresh.root / "etc").iterdir())] == stamps
    assert set(fresh.log()) == {"status", "checkexports"}


@pytest.mark.parametrize("exports", [None, "", "# mine\n", "/opt 10.0.0.1\n", "/opt 10.0.0.1", "\n\n", "# \xe4\r\n", "/opt 10.0.0.1\n\n  "])
@pytest.mark.parametrize("conf", [None, "", FRESH_CONF, "nfs.server.async = 1", "nfs.server.mount.require_resv_port = 1\n"])
def test_unfix_restores_byte_for_byte(fresh, exports, conf):
    (fresh.root / "opt").mkdir()
    os.unlink(fresh.root / "etc/nfs.conf")
    for name, text in (("etc/exports", exports), ("etc/nfs.conf", conf)):
        if text is not None:
            fresh.write(name, text)
    before = etc(fresh)
    fresh.doctor("--fix")
    assert etc(fresh) != before and GOOD_EXPORTS in fresh.read("etc/exports")
    fresh.doctor("--unfix")
    assert etc(fresh) == before
    assert fresh.log()[-1] == "update"


def test_unfix_leaves_what_came_behind_on_its_own_line(fresh):
    fresh.write("etc/exports", "/opt 10.0.0.1")
    (fresh.root / "opt").mkdir()
    fresh.doctor("--fix")
    fresh.write("etc/exports", fresh.read("etc/exports") + "/srv 10.0.0.1\n")
    fresh.doctor("--unfix")
    assert fresh.read("etc/exports") == "/opt 10.0.0.1\n/srv 10.0.0.1\n"
    assert fresh.read("etc/exports.before-usermount") == "/opt 10.0.0.1"


def test_unfix_without_a_block_changes_nothing(mac):
    before = etc(mac)
    assert mac.doctor("--unfix").stdout == "/etc/exports and /etc/nfs.conf contain no lines of usermount-pack\n"
    assert etc(mac) == before and mac.log() == ["status"]


def test_fix_follows_a_new_user_and_keeps_its_place(fresh):
    fresh.doctor("--fix")
    fresh.write("etc/exports", fresh.read("etc/exports") + "# behind\n")
    os.chown(fresh.root / "Users/me", 502, 20)
    fresh.doctor("--fix")
    text = fresh.read("etc/exports")
    assert "-mapall=502:20" in text and "501" not in text and text.endswith("# usermount-pack: end\n# behind\n")


def test_fix_takes_its_lines_away_when_somebody_else_wrote_better_ones(fresh):
    fresh.doctor("--fix")
    fresh.write("etc/exports", fresh.read("etc/exports") + "/Users -alldirs -mapall=501:20 localhost\n")
    fresh.doctor("--fix")
    assert fresh.read("etc/exports") == "/Users -alldirs -mapall=501:20 localhost\n"


def test_fix_adds_a_line_beside_one_for_other_hosts(fresh):
    theirs = '# docker-machine-nfs-begin dev #\n"/Users" 192.168.99.100 -alldirs -mapall=501:20\n# docker-machine-nfs-end dev #\n'
    fresh.write("etc/exports", theirs)
    fresh.doctor("--fix")
    assert fresh.read("etc/exports").startswith(theirs + EXPORTS_BLOCK)


def test_fix_writes_nested_mounts_on_one_line_and_quotes_names(fresh, tmp_path):
    conf = tmp_path / "own.conf"
    conf.write_text("mount = /Users\nmount = /Users/me:/home\nmount = /Volumes/My\\040Disk/a#b:/disk\n")
    (fresh.root / "Volumes/My Disk/a#b").mkdir(parents=True)
    fresh.doctor("--config", conf, "--fix")
    assert "\n/Users /Users/me -alldirs -mapall=501:20 localhost\n\"/Volumes/My Disk/a#b\" -alldirs -mapall=501:20 localhost\n" in \
        fresh.read("etc/exports")


def test_fix_names_the_data_volume_since_macos_10_15(build, tmp_path):
    mac = Mac(build, tmp_path / "mac", macos="11.2")
    mac.write("etc/exports", "")
    mac.doctor("--fix")
    assert "\n/System/Volumes/Data/Users -alldirs -mapall=501:20 localhost\n" in mac.read("etc/exports")


REFUSED = {
    # name: (exports, nfs.conf, what the message names)
    "nested-inside": ("#\n/Users/me 10.0.0.1\n", FRESH_CONF, "/etc/exports:2: its /Users/me and /Users would be nested"),
    "nested-around": ("/ 10.0.0.1\n", FRESH_CONF, "/etc/exports:1: its / and /Users would be nested"),
    "other-options": ("/Users -ro -mapall=501:20 localhost\n", FRESH_CONF, "/etc/exports:1: its options for /Users"),
    "continued": ("# nothing \\", FRESH_CONF, "/etc/exports:1: the line ends in a backslash"),
    "marker-alone": ("#\n# usermount-pack: end\n", FRESH_CONF, "/etc/exports:2: this marker line"),
    "first-marker-alone": ("# usermount-pack: begin 00000000\n", FRESH_CONF, "/etc/exports:1: this marker line"),
    "two-blocks": ("# usermount-pack: begin 00000000\n# usermount-pack: end\n" * 2, FRESH_CONF, "/etc/exports:3: this marker line"),
    "changed-block": ("# usermount-pack: begin 00000000\n/Users localhost\n# usermount-pack: end\n", FRESH_CONF,
                      "/etc/exports:1: the block of usermount-pack was edited by hand"),
    "conf-continued": ("", "nfs.server.async = 1 \\\n# \\", "/etc/nfs.conf:2: the line ends in a backslash"),
    "conf-marker": ("", "# usermount-pack: begin\n", "/etc/nfs.conf:1: this marker line"),
    "no-folder": ("", FRESH_CONF, "/Users: it is not a folder"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_fix_refuses_and_leaves_everything_as_it_was(fresh, name):
    exports, conf, text = REFUSED[name]
    fresh.write("etc/exports", exports)
    fresh.write("etc/nfs.conf", conf)
    if name == "no-folder":
        os.rename(fresh.root / "Users", fresh.root / "private-users")
        (fresh.root / "Users").symlink_to("private-users")
    before = etc(fresh)
    done = fresh.doctor("--fix", code=5)
    assert done.stderr.startswith("usermount-pack: unable to ") and text in done.stderr and done.stderr.count("\n") == 1
    assert not done.stdout and etc(fresh) == before and "enable" not in fresh.log()


def test_fix_refuses_when_a_later_line_undoes_its_own(fresh):
    fresh.doctor("--fix")
    fresh.write("etc/nfs.conf", fresh.read("etc/nfs.conf") + "nfs.server.mount.require_resv_port = 1\n")
    before = etc(fresh)
    assert "/etc/nfs.conf:8: it overrides a setting" in fresh.doctor("--fix", code=5).stderr
    assert etc(fresh) == before


def test_the_new_exports_are_dry_run_first(fresh):
    """Complaints that were there before count for nothing, also when their line numbers have changed."""
    (fresh.root / "opt").mkdir()
    fresh.write("etc/exports", "/opt BAD.host\n")
    fresh.doctor("--fix", code=1)
    assert EXPORTS_BLOCK in fresh.read("etc/exports")
    fresh.write("etc/exports", fresh.read("etc/exports") + "/opt other.BAD.host\n")
    os.chown(fresh.root / "Users/me", 502, 20)
    fresh.doctor("--fix", code=1)
    fresh.doctor("--unfix")
    fresh.write("sbin/nfsd", NFSD.replace("grep -n BAD", "grep -n -e BAD -e '-mapall'").replace(".*BAD", ".*[Dl]"))
    before = etc(fresh)
    done = fresh.doctor("--fix", code=5)
    assert done.stderr.startswith("usermount-pack: unable to change /etc/exports: nfsd refuses it: exports:")
    assert etc(fresh) == before


def test_a_dry_run_that_fails_without_a_complaint_is_a_refusal(fresh):
    fresh.write("sbin/nfsd", NFSD.replace("checkexports)", "checkexports) exit 9;"))
    assert "nfsd checkexports fails with exit code 9" in fresh.doctor("--fix", code=5).stderr
    assert not (fresh.root / "etc/exports").exists()


def test_fix_on_the_data_volume_itself(build, tmp_path):
    """A copy of a Mac's files has no /System/Volumes/Data, which is what /Users is on."""
    mac = Mac(build, tmp_path / "mac", macos="10.15")
    mac.write("etc/exports", "")
    conf = tmp_path / "own.conf"
    conf.write_text("mount = /System/Volumes/Data/Users:/Users\n")
    mac.doctor("--config", conf, "--fix")
    assert "\n/System/Volumes/Data/Users -alldirs -mapall=501:20 localhost\n" in mac.read("etc/exports")


def test_nfsd_that_fails_is_the_system_s_refusal(fresh):
    fresh.write("sbin/nfsd", NFSD.replace("enable) ", "enable) exit 3;"))
    assert "unable to enable nfsd: it failed with exit code 3" in fresh.doctor("--fix", code=4).stderr


@pytest.mark.parametrize("state, verb", [([], "update"), (["stopped"], "start"), (["stopped", "disabled"], "enable")])
def test_nfsd_is_reloaded_and_never_restarted(mac, state, verb):
    mac.write("etc/exports", "")
    for name in state:
        mac.write(f"sbin/nfsd.{name}", "")
    assert f"ran nfsd {verb}\n" in mac.doctor("--fix").stdout
    assert verb in mac.log() and "restart" not in mac.log()


def test_without_nfsd_the_files_are_written_all_the_same(fresh):
    os.unlink(fresh.root / "sbin/nfsd")
    assert "wrote /etc/exports\n" in fresh.doctor("--fix").stdout


def test_owner_mode_and_link_stay(mac):
    mac.write("etc/real", "# mine\n")
    os.chown(mac.root / "etc/real", 3, 4)
    os.chmod(mac.root / "etc/real", 0o640)
    os.unlink(mac.root / "etc/exports")
    (mac.root / "etc/exports").symlink_to("real")
    mac.doctor("--fix")
    stat = (mac.root / "etc/real").stat()
    assert (mac.root / "etc/exports").is_symlink() and EXPORTS_BLOCK in mac.read("etc/real")
    assert (stat.st_uid, stat.st_gid, stat.st_mode & 0o7777) == (3, 4, 0o640)


def test_a_link_out_of_the_root_is_not_followed(mac, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("# nobody's business\n")
    os.unlink(mac.root / "etc/exports")
    (mac.root / "etc/exports").symlink_to(outside)
    for arguments in ([], ["--fix"], ["--unfix"]):
        assert "leads out of the root" in mac.doctor(*arguments, code=5).stderr
    assert outside.read_text() == "# nobody's business\n"


def test_the_user_is_the_one_who_called_sudo(fresh):
    (fresh.root / "Users/you").mkdir()
    os.chown(fresh.root / "Users/you", 777, 21)
    (fresh.root / "Users/Shared").mkdir()
    fresh.doctor("--fix", env={"SUDO_UID": "777", "SUDO_GID": "21"}, code=0)
    assert "-mapall=777:21" in fresh.read("etc/exports")
    fresh.doctor("--fix", env={"SUDO_UID": "4242"})
    assert "-mapall=501:20" in fresh.read("etc/exports")


def test_a_user_who_is_not_known_is_not_guessed(fresh):
    (fresh.root / "Users/me").rename(fresh.root / "Users/Shared")
    before = etc(fresh)
    assert "the owner of the files is unknown" in fresh.doctor("--fix", code=5).stderr
    assert etc(fresh) == before


def test_two_fixes_at_once_do_not_mix(fresh):
    slow = NFSD.replace("-F ] || {", "-F ] || { sleep 1;")
    fresh.write("sbin/nfsd", slow)
    fresh.write("etc/exports", "# mine\n")
    codes = []

    def fix():
        done = subprocess.run([fresh.program, "doctor", "--root", fresh.root, "--fix"], capture_output=True, text=True)
        codes.append((done.returncode, done.stderr))

    threads = [threading.Thread(target=fix) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [code for code, _ in codes].count(5) == 2, codes
    assert all(code != 5 or "another usermount-pack is using it" in text for code, text in codes), codes
    assert fresh.read("etc/exports").count(EXPORTS_BLOCK) == 1


@pytest.mark.parametrize("name", ["exports", "nfs.conf"])
def test_what_somebody_writes_meanwhile_is_not_lost(fresh, name):
    """While nfsd looks at the new exports, the one file is about to be replaced, and the other has been read."""
    fresh.write("etc/exports", "# mine\n")
    fresh.write("sbin/nfsd", NFSD.replace("-F ] || {", f'-F ] || {{ echo "# meanwhile" >>"$here/../etc/{name}";'))
    done = fresh.doctor("--fix", code=5)
    assert f"etc/{name}: another program changed it during the run" in done.stderr
    assert fresh.read(f"etc/{name}").endswith("# meanwhile\n") and "usermount-pack" not in fresh.read(f"etc/{name}")


def test_killed_at_the_dry_run_nothing_has_changed(fresh):
    fresh.write("etc/exports", "# mine\n")
    fresh.write("sbin/nfsd", NFSD.replace("-F ] || {", '-F ] || { touch "$here/reached"; sleep 60;'))
    running = subprocess.Popen([fresh.program, "doctor", "--root", fresh.root, "--fix"], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not (fresh.root / "sbin/reached").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.terminate()
    running.communicate(timeout=30)
    assert etc(fresh) == {"exports": b"# mine\n", "nfs.conf": FRESH_CONF.encode()}


def test_exports_that_are_no_file(mac):
    os.unlink(mac.root / "etc/exports")
    (mac.root / "etc/exports").mkdir()
    assert "it is not a regular file" in mac.doctor(code=4).stderr


@pytest.mark.parametrize("arguments", [["image.img"], ["--fix", "--unfix", "--root", "."], ["--gzip"], ["--root"]], ids=" ".join)
def test_usage_errors(mac, arguments):
    done = mac.run("doctor", *arguments, code=2)
    assert done.stderr and not done.stdout


def test_what_is_no_mac_is_not_looked_at(mac):
    done = mac.run("doctor", code=2)
    assert (done.stdout, done.stderr) == ("", "usermount-pack: unable to check this system: it is not a Mac; "
                                          "use --root DIR for a Mac's files\n")


def test_a_root_that_is_not_there(mac):
    assert "No such file" in mac.run("doctor", "--root", mac.root / "missing", code=4).stderr


def test_an_unknown_macos_is_said(mac):
    mac.write("System/Library/CoreServices/SystemVersion.plist", PLIST.format(other="a", key="b", value="c"))
    assert finding(mac, "macos", 0)["finding"] == "note"


def test_changes_are_told_to_scripts(fresh):
    lines = fresh.doctor("--fix", "--porcelain").stdout.splitlines()
    assert lines[:3] == ["change=wrote file=/etc/exports",
                         "change=wrote file=/etc/nfs.conf backup=/etc/nfs.conf.before-usermount",
                         "change=nfsd verb=enable"]
    lines = fresh.doctor("--unfix", "--porcelain").stdout.splitlines()
    assert lines == ["change=removed file=/etc/exports", "change=restored file=/etc/nfs.conf", "change=nfsd verb=update"]
