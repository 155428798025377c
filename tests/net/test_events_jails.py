# SPDX-License-Identifier: MIT
"""What the actor and the scanner of edits could do if they were taken over: build/faults/crimes tries it in their jails."""

import signal
import subprocess

import pytest

from conftest import AGENT

CRIMES = AGENT.parent / "faults" / "crimes"
KILLED = -signal.SIGSYS
DONE, REFUSED = 0, 1
# Both: nothing is written, made, removed or renamed, no other user or process is reached.
FOR_NOBODY = [
    "write_bytes", "write_vector", "write_place", "send_file", "copy_range", "splice_bytes", "cut", "cut_path", "allocate", "open_create",
    "open_cut", "open_both", "open_append", "set_times", "set_mode", "set_group", "chown_path", "set_attribute", "set_flags", "remove_name",
    "rename_name", "link_name", "symlink_name", "make_folder", "make_node", "map_code", "become_root", "become_real_root", "become_user",
    "change_group", "signal_parent", "trace_parent", "read_memory", "open_socket", "start_process", "run_program", "mount_over",
    "enter_namespace", "set_profile"]
ACTOR = {**dict.fromkeys(FOR_NOBODY, KILLED), "nothing": DONE, "read_open": DONE, "write_open": DONE, "look_open": DONE, "ask_as_another": DONE,
         "set_alarm": DONE, "wait_stopped": DONE, "own_chown": REFUSED, "send_bytes": REFUSED, "map_shared": KILLED, "list_folder": KILLED}
SCANNER = {**dict.fromkeys(FOR_NOBODY, KILLED), "nothing": DONE, "list_folder": DONE, "write_open": KILLED, "look_open": KILLED,
           "own_chown": KILLED, "ask_as_another": KILLED, "set_alarm": KILLED, "wait_stopped": KILLED, "send_bytes": REFUSED}


def commit(jail, crime, folder):
    """Its exit code; nothing may have changed in the folder."""
    file, inner = folder / "file", folder / "file.folder" / "inner"
    inner.parent.mkdir()
    for path in (file, inner):
        path.write_text("kept")
        path.chmod(0o666)
    inner.parent.chmod(0o777)
    before = [(path.read_text(), path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_uid) for path in (file, inner)]
    done = subprocess.run([CRIMES, jail, crime, file], capture_output=True, timeout=20)
    assert [(path.read_text(), path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_uid) for path in (file, inner)] == before
    assert sorted(path.name for path in folder.rglob("*")) == ["file", "file.folder", "inner"]
    return done.returncode


@pytest.mark.parametrize("crime", ACTOR)
def test_the_actor(crime, tmp_path):
    assert commit("actor", crime, tmp_path) == ACTOR[crime]


@pytest.mark.parametrize("crime", SCANNER)
def test_the_scanner(crime, tmp_path):
    assert commit("scanner", crime, tmp_path) == SCANNER[crime]


@pytest.mark.parametrize("crime", ["nothing", "wait_stopped"])
def test_the_reader_lives_through_a_stop(crime, tmp_path):
    """The rest of its jail is the probe's: test_jail_escape.py."""
    assert commit("reader", crime, tmp_path) == DONE
