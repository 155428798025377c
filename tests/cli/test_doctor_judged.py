# SPDX-License-Identifier: MIT
"""What doctor says of each exports file of exports_judged.jsonl, beside what nfsd of macOS 10.13 makes of it.

The files were judged with the parser and the search of its mountd: the first thirty are what people have, the others
are of a random grammar. `served` is whether 127.0.0.1 may mount /Users.
"""

import json
import os
import pathlib

import pytest

from mac import GOOD_EXPORTS, Mac

JUDGED = [json.loads(line) for line in (pathlib.Path(__file__).parent / "exports_judged.jsonl").read_text().splitlines()]
FOLDERS = ["Users/me/Sites", "Users/me/My Sites", "Users/you", "Users/Shared", "opt/data", "private/tmp", "Applications",
           "Volumes/Work/a"]


@pytest.fixture
def mac(build, tmp_path):
    """The Mac that they were judged on, without an nfsd that would be asked."""
    mac = Mac(build, tmp_path / "mac")
    mac.names()
    for folder in FOLDERS:
        (mac.root / folder).mkdir(parents=True, exist_ok=True)
    os.chown(mac.root / "Users/you", 502, 20)
    os.unlink(mac.root / "sbin/nfsd")
    return mac


def look(mac):
    """What doctor says of /Users, in the words of the file."""
    done = mac.doctor("--porcelain", code=None)
    assert done.returncode in (0, 1), done
    line, = [line for line in done.stdout.splitlines() if " check=export " in line]
    words = dict(word.split("=", 1) for word in line.split(" "))
    if "mapping" not in words:
        return {"served": False}
    uid, gid = words["as"].split(":")[:2]
    return {"served": True, "alldirs": words["alldirs"] == "yes", "readonly": words["readonly"] == "yes",
            "mapping": words["mapping"], "uid": int(uid), "gid": int(gid)}


def test_doctor_agrees_with_nfsd_on_every_file(mac):
    others = []
    for judged in JUDGED:
        mac.write("etc/exports", judged["exports"])
        said = look(mac)
        wanted = {key: value for key, value in judged.items() if key != "exports"}
        if said != wanted:
            others.append((judged["exports"], wanted, said))
    assert len(JUDGED) == 434 and not others, (len(others), others[:5])


def test_what_is_not_served_has_a_line_and_a_cause(mac):
    """Each line that nfsd leaves out is told as wrong, and a file of one line that it takes has nothing wrong in it."""
    for judged in JUDGED:
        mac.write("etc/exports", judged["exports"])
        findings = [f for f in mac.findings(code=None) if f.get("file") == "/etc/exports" and f["check"] != "export"]
        wrong = [f for f in findings if f["finding"] == "wrong"]
        assert all(int(f["line"]) > 0 and f["text"] and f["fix"] for f in wrong), judged
        if judged["served"] and len(judged["exports"].splitlines()) == 1:
            assert not wrong, (judged, wrong)


def test_fix_serves_and_unfix_gives_back_every_byte(mac):
    refused = 0
    for judged in JUDGED:
        mac.write("etc/exports", judged["exports"])
        before = mac.read("etc/exports")
        done = mac.doctor("--fix", code=None)
        if done.returncode == 5:
            refused += 1
            assert done.stderr.startswith("usermount-pack: unable to change /etc/exports:"), done
            assert mac.read("etc/exports") == before
            continue
        assert done.returncode in (0, 1), done
        said = look(mac)
        assert said["served"] and not said["readonly"] and (said["uid"], said["gid"]) != (-2, -2), (judged, said)
        assert mac.read("etc/exports").startswith(before)
        mac.doctor("--unfix")
        assert mac.read("etc/exports") == before
    assert refused < len(JUDGED) / 2, refused


@pytest.mark.parametrize("theirs", ["/Users -alldirs -mapall=501:20 ::1\n", "/Users -alldirs -mapall=502:20 ::1\n"])
def test_beside_an_entry_for_ipv6_s_loopback_the_address_is_written(mac, theirs):
    mac.write("etc/exports", theirs)
    mac.doctor("--fix")
    assert "\n/Users -alldirs -mapall=501:20 127.0.0.1\n" in mac.read("etc/exports")
    assert look(mac)["served"]
    mac.write("etc/exports", theirs + GOOD_EXPORTS)
    assert not look(mac)["served"]
