# SPDX-License-Identifier: MIT
"""What doctor says of the watcher: loaded, running, answering; with a launchctl that answers as launchd's does."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import USERS

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))
from mac import Mac  # noqa: E402

AGENT = "/Library/LaunchAgents/usermount-events.plist"
BREWED = "/Users/me/Library/LaunchAgents/homebrew.mxcl.usermount.plist"
LOG = "~/Library/Logs/usermount-events.log"
LEARNS_NOT = "so the guest does not learn of edits on this Mac"
# `launchctl print` of a service that is not loaded ends with 113.
LAUNCHCTL = """#!/bin/sh
here=${0%/*}
echo "$*" >>"$here/launchctl.log"
[ "$1" = print ] || exit 64
[ -e "$here/loaded" ] && { echo "$2 = {"; exit 0; }
echo "Could not find service \\"${2##*/}\\" in domain for user gui: 501" >&2
exit 113
"""


@pytest.fixture
def mac(build, netns, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    mac.enter = netns.enter
    mac.write("bin/launchctl", LAUNCHCTL).chmod(0o755)
    return mac


def finding(mac, code):
    found = [found for found in mac.findings(code=code) if found.pop("check") == "events"]
    assert len(found) == 1, found
    return found[0]


def load(mac, plist=AGENT):
    mac.write(plist[1:], "")
    mac.write("bin/loaded", "")


def listen(netns, speak=None):
    server = netns.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", 20490))
    server.listen()
    if speak:
        threading.Thread(target=lambda: server.accept()[0].send(speak), daemon=True).start()
    return server


def test_a_watcher_that_answers_is_fine_however_it_was_started(mac, watch, users):
    watch()
    fine = {"finding": "ok", "text": "usermount-pack events answers on 127.0.0.1:20490"}
    assert finding(mac, 0) == fine
    load(mac)
    assert finding(mac, 0) == fine


@pytest.mark.parametrize("plist, start", [(AGENT, f"launchctl load -w {AGENT}"), (BREWED, "brew services restart usermount")])
def test_a_job_that_is_not_loaded_is_a_note_with_the_command_that_loads_it(mac, plist, start):
    mac.write(plist[1:], "")
    assert finding(mac, 0) == {"finding": "note", "file": plist, "text": f"the job is not loaded, {LEARNS_NOT}", "fix": start}
    label = Path(plist).stem
    assert (mac.root / "bin/launchctl.log").read_text() == f"print gui/501/{label}\n"


@pytest.mark.parametrize("plist, log", [(AGENT, LOG), (BREWED, "$(brew --prefix)/var/log/usermount-events.log")])
def test_a_job_that_is_loaded_and_does_not_listen_is_wrong_and_its_log_is_named(mac, plist, log):
    load(mac, plist)
    assert finding(mac, 1) == {"finding": "wrong", "file": plist, "text": "the job is loaded, but nothing listens on 127.0.0.1:20490",
                               "fix": f"read {log}"}


def test_without_any_job_it_is_a_note(mac):
    assert finding(mac, 0) == {"finding": "note", "text": f"usermount-pack events is not running, {LEARNS_NOT}",
                               "fix": "start usermount-pack events, see usermount-pack(1)"}
    assert not (mac.root / "bin/launchctl.log").exists()


@pytest.mark.parametrize("speak", [None, b"220 hello\r\n", b"\0\0\0\4abcd"])
@pytest.mark.parametrize("is_loaded, level", [(False, "note"), (True, "wrong")])
def test_another_program_in_its_place_is_named(mac, netns, speak, is_loaded, level):
    if is_loaded:
        load(mac)
    name = Path(f"/proc/{os.getpid()}/comm").read_text().strip()
    with listen(netns, speak):
        began = time.monotonic()
        found = finding(mac, 1 if is_loaded else 0)
        assert time.monotonic() - began < 3
    assert found == {"finding": level, "text": f"{name} (process {os.getpid()}) listens on 127.0.0.1:20490, but is not "
                     "usermount-pack events", "fix": "stop it, or choose another port with --port and events_port"}


def test_its_port_is_the_settings_and_off_asks_nothing(mac, watch, users, tmp_path):
    watch("--port", "20500")
    settings = tmp_path / "conf"
    settings.write_text("events_port = 20500\n")
    found = [found["text"] for found in mac.findings("--config", settings, code=0) if found["check"] == "events"]
    assert found == ["usermount-pack events answers on 127.0.0.1:20500"]
    for text in ("events = off\n", "server = 10.0.0.1\n"):
        settings.write_text(text)
        load(mac)
        assert "events" not in {found["check"] for found in mac.findings("--config", settings, code=None)}


def test_files_without_launchd_are_no_mac_that_runs(mac):
    (mac.root / "bin/launchctl").unlink()
    assert "events" not in {found["check"] for found in mac.findings(code=0)}
