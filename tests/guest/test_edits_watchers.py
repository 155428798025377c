# SPDX-License-Identifier: MIT
"""The real watchers in a container, from npm and Debian: docs/events.md says who sees what, and this makes its table."""

import contextlib
import time

import proc
import pytest
import watchers
from edits import Edited

NOTHING_COMES_S = 3  # the slowest of those that poll look once a second


@pytest.fixture
def edited(lab_in):
    one = Edited(lab_in(), memory="512M")
    yield one
    one.close()


def report(container, page, edit):
    """Waits until the programs report an edit as the page has it; if they do not, the whole table will tell."""
    def told():
        return all(watchers.reported(lines, edit) == page[program].get(edit, "no") for program, lines in container.lines().items())
    with contextlib.suppress(proc.Failed):
        proc.until(f"the watchers of {edit.title}", told, 10, every=0.2)


@pytest.mark.long  # real node and python, seventeen programs, in user-mode-linux
def test_the_page_says_which_watcher_reports_which_edit(edited, repo):
    written, page = watchers.of_page((repo / "docs/events.md").read_text())
    edited.wait_cache("coherent", told=True)
    edited.mac("echo > ready.js")
    for edit in watchers.EDITS:
        edited.mac(f"mkdir {edit.folder}; cd {edit.folder}; {edit.before}")
    proc.until("the folders", lambda: edited.guest.sh(f"ls /Users/me/project/{watchers.EDITS[-1].folder}/it")[1] == 0, 10)
    container = watchers.Container(edited.guest)
    container.start()
    for edit in watchers.EDITS:
        edited.mac(f"cd {edit.folder}; {edit.edit}")
        report(container, page, edit)

    def quiet():
        before = edited.calls()
        time.sleep(NOTHING_COMES_S)
        return edited.calls() == before
    proc.until("polling costs no call to the server", quiet, 20)

    said = container.lines()
    rows = {program: {edit: watchers.reported(lines, edit) for edit in watchers.EDITS} for program, lines in said.items()}
    table = watchers.table(rows)
    if table != written:
        words = "\n".join(f"{program.name}: {lines}" for program, lines in said.items())
        pytest.fail(f"docs/events.md is not what they report, which is:\n\n{table}\n\nfrom\n{words}")
