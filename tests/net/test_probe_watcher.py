# SPDX-License-Identifier: MIT
"""usermount probe asks the watcher on the Mac too: its answer stands beside the verdict, which does not depend on it."""

import sys
from pathlib import Path

import proc
import pytest
from conftest import AGENT, BUILD
from scripted import MNT, words

sys.path.append(str(Path(__file__).resolve().parent.parent / "events"))
from liar import NO_FOLDER, OTHER_VERSION, WELCOMED, Watcher  # noqa: E402

NEEDS_SAME = "it speaks another version of the protocol: install the same release on the Mac and in the image"


@pytest.fixture
def watcher(netns):
    """watcher(data): it sends that to whoever calls, and nothing more."""
    started = []

    def start(data):
        started.append(Watcher(netns, lambda connection, number: connection.sendall(data)))

    yield start
    for one in started:
        one.close()


# ETIMEDOUT, in musl's words; a sanitizer's build has the machine's own C library.
TIMED_OUT = "Connection timed out" if "asan" in AGENT.parts else "Operation timed out"


def answer(outcome):
    return outcome.verdict, outcome.last["watcher"], outcome.last["watcher_cause"]


def test_a_watcher_that_reports_the_export_is_ok(netns, server, probe, tmp_path):
    folder = tmp_path / "Users"
    folder.mkdir()
    log = tmp_path / "watcher.log"
    real = netns.daemon([BUILD / "usermount-pack", "events", "--porcelain", f"/Users={folder}"], log)
    proc.until("the watcher listens", lambda: "event=listens" in log.read_text(), 10, every=0.02)
    try:
        assert answer(probe()) == ("ok", "ok", "")
    finally:
        real.stop()


def test_without_a_watcher_the_verdict_is_ok_all_the_same(server, probe):
    assert answer(probe()) == ("ok", "failed", "Connection refused")


@pytest.mark.parametrize("data, cause", [(OTHER_VERSION, NEEDS_SAME), (WELCOMED + NO_FOLDER, "the folder is missing on the Mac")], ids=["version", "folder"])
def test_a_watcher_that_cannot_serve_is_named_in_its_own_words(server, probe, watcher, data, cause):
    watcher(data)
    assert answer(probe()) == ("ok", "failed", cause)


def test_a_watcher_that_says_nothing_has_two_seconds(server, probe, watcher):
    watcher(b"")
    outcome = probe(timeout_s=4)
    assert answer(outcome) == ("ok", "no-answer", TIMED_OUT)
    assert 2 <= outcome.took_s < 3.5


def test_it_is_not_asked_where_the_mount_would_fail_or_edits_are_off(netns, server, probe):
    assert answer(probe(more="events = off\n")) == ("ok", "-", "")
    server.answers[MNT] = words(13)
    assert answer(probe()) == ("denied", "-", "")
