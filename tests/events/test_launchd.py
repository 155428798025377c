# SPDX-License-Identifier: MIT
"""The launchd agent that runs the watcher, as far as that can be seen without launchd: its own command is run."""

import os
import plistlib
import subprocess

import proc
import pytest
from conftest import USERS

PLIST = "contrib/launchd/usermount-events.plist"


@pytest.fixture(scope="module")
def agent(repo):
    with open(repo / PLIST, "rb") as file:
        return plistlib.load(file)


def test_the_launchd_agent_runs_at_login_and_is_kept_running(agent):
    assert agent["Label"] == PLIST.rsplit("/")[-1].removesuffix(".plist")
    assert agent["RunAtLoad"] is True and agent["KeepAlive"] is True
    assert agent["Disabled"] is True, "nothing is watched before the user says so"


def test_the_launchd_agent_s_command_watches_and_keeps_a_log(agent, netns, program, users, join, tmp_path):
    """Its very command, with the program of this build and the test's folder."""
    (tmp_path / "Library/Logs").mkdir(parents=True)
    shell, flag, script, watcher = agent["ProgramArguments"]
    assert watcher == "/usr/local/bin/usermount-pack" and script.startswith('exec "$0" events >>')
    script = script.replace(" events ", f" events /Users={USERS} ")
    log = tmp_path / "Library/Logs/usermount-events.log"
    running = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *netns.enter, shell, flag, script, program],
                               env={**os.environ, "HOME": str(tmp_path)}, stdin=subprocess.DEVNULL)
    try:
        proc.until("the watcher", lambda: log.exists() and "listens on 127.0.0.1:20490 for guests of /Users" in log.read_text(), 10)
        guest = join(b"/Users")
        (users / "me/f").touch()
        guest.until(lambda: b"me/f" in guest.paths())
        proc.until("its lines", lambda: "guest 1 asks for /Users\n" in log.read_text(), 5)
    finally:
        running.terminate()
        assert running.wait(timeout=10) == 0
    assert log.read_text().endswith(" ends\n")


@pytest.mark.parametrize("system, there", [("Darwin", True), ("Linux", False)])
def test_make_install_puts_the_agent_in_place_on_macos(repo, build, tmp_path, system, there):
    env = {**os.environ, "DESTDIR": str(tmp_path), "PREFIX": "/opt/mine", "SYSTEM": system}
    place = tmp_path / "Library/LaunchAgents/usermount-events.plist"
    subprocess.run([repo / "contrib/install", build], check=True, env=env)
    assert place.exists() == there
    if there:
        with open(place, "rb") as file:
            assert plistlib.load(file)["ProgramArguments"][3] == "/opt/mine/bin/usermount-pack"
    subprocess.run([repo / "contrib/install", "--uninstall"], check=True, env=env)
    assert not place.exists()
