# SPDX-License-Identifier: MIT
"""What the watcher leaves out is told all the same where a container binds it: docs/events.md, "What is left out"."""

import time

import proc
import pytest
from edits import ALL, IN, Edited, Watching, wait_fresh
from standin import Standin

LIBRARY = "/Users/me/Library"


@pytest.fixture
def edited(lab_in):
    one = Edited(lab_in())
    yield one
    one.close()


def start_container(edited, name, folder):
    """As Docker does: a mount for the container's root in the VM's own namespace, then the binds in the container's."""
    edited.guest.must(f"mkdir -p /run/{name} /mnt; mount -t tmpfs merged /run/{name}")
    return Standin(edited.guest, name, f"mount --bind {folder} src")


def test_a_folder_in_what_is_left_out_is_told_of_from_the_moment_a_container_binds_it(edited):
    edited.mac("mkdir -p ../Library/app ../Library/other; cd ../Library; echo old > app/it; echo old > other/it")
    edited.wait_cache("coherent", told=True)
    files = f"{LIBRARY}/app/it {LIBRARY}/other/it"
    proc.until("the files are there", lambda: edited.guest.sh(f"cat {files}")[0] == "old\nold\n", 5)
    edited.mac("cd ../Library; echo unseen > app/it; echo unseen > other/it")
    wait_fresh(3)
    assert edited.guest.must(f"cat {files}") == "old\nold\n", "nothing is left out: this test tests nothing"

    container = start_container(edited, "bound", f"{LIBRARY}/app")
    proc.until("what was cached before is looked up anew", lambda: edited.guest.must(f"cat {files}") == "unseen\nunseen\n", 10)
    edited.mac("cd ../Library; echo told > app/it; echo 'not told' > other/it")
    wait_fresh()
    assert container.sh("cat $R/src/it")[0] == "told\n"
    assert edited.guest.must(f"cat {files}") == "told\nunseen\n"

    watching = Watching(edited, ALL, f"{LIBRARY}/app", container=False)
    edited.mac("echo again > ../Library/app/it")
    watching.wait("it", IN["ATTRIB"])

    edited.guest.must(f"cat {files}")
    before = edited.calls()
    start_container(edited, "same", f"{LIBRARY}/app/")
    time.sleep(6)  # three looks, in which nothing new may be found
    edited.guest.must(f"cat {files}")
    assert edited.calls() - before <= 4, "a folder that is known already made everything be looked up anew"


def test_a_folder_that_is_made_and_bound_in_the_same_second_is_there(edited):
    edited.wait_cache("coherent", told=True)
    edited.guest.must("ls /Users/me/project; ! ls /Users/me/project/fresh")
    edited.mac("mkdir fresh; echo made > fresh/it")
    wait_fresh()
    container = start_container(edited, "fresh", "/Users/me/project/fresh")
    assert container.sh("cat $R/src/it")[0] == "made\n"
