# SPDX-License-Identifier: MIT
"""The other ways to have /Users, and ours, under the same faults in the same guest: docs/peers.md is what comes out.

Each way's service is started as the boot starts it; docker would wait that long. Nothing here is about speed, but how
long docker is held is told in seconds: five guests at once leave no processor for other tests.
"""

import concurrent.futures
import re
import shutil
import threading
import time

import peers
import proc
import pytest
from paths import GUEST, REPO
from peers import OURS

HOLD_S = 45      # docker held for longer than this is a boot that people call hanging
WAIT_S = 5       # usermount's `wait` here
PATIENCE_S = 15  # after a fault is gone, or for the healing of a stale mount
WAYS = [OURS, *peers.WAYS]
HEADS = ["way", "server up, UDP lost", "no rpcbind in the guest", "server 5 s late", "server dead at boot",
         "server drops all packets", "export missing: what is read", "export made anew while mounted"]


def serve(lab):
    """Starts the server where it is not running."""
    if not (lab.server.ganesha and lab.server.ganesha.running()):
        lab.server.start()


def begin(guest, way):
    peers.clear(guest)
    peers.configure(guest, wait=str(WAIT_S), watch="1")
    return lambda limit_s=HOLD_S: peers.start(guest, way, limit_s)


def mounted_within(guest, seconds):
    try:
        proc.until("a mount", lambda: peers.is_mounted(guest), seconds, every=0.25)
        return True
    except proc.Failed:
        return False


def held(seconds):
    return f"docker starts within {WAIT_S + 1 if seconds < WAIT_S + 1.5 else HOLD_S} s"


def after(guest, seconds, what):
    """Docker's wait, and what is seen once the fault is gone. What held docker for longer than anybody waits is itself
    the fault: whether its next try falls into our patience is chance, and no cell of a table."""
    if seconds > HOLD_S - 1:
        return f"**docker held more than {HOLD_S} s**"
    return f"{held(seconds)}, {what if mounted_within(guest, PATIENCE_S) else '**never mounted**'}"


def up(lab, guest, way):
    """UDP never arrives, as in Docker for Mac 1.12."""
    serve(lab)
    lab.netns.nft("iifname tap0 udp dport 0-65535 drop")
    try:
        seconds, _ = begin(guest, way)()
        return "mounted" if mounted_within(guest, 2) else f"**not mounted**, {held(seconds)}"
    finally:
        lab.netns.nft_clear()


def late(lab, guest, way):
    start = begin(guest, way)
    lab.server.stop()
    # The server is started from this thread: it dies with the thread that started it.
    service = threading.Thread(target=start)
    service.start()
    time.sleep(5)  # the fault itself
    serve(lab)
    service.join()
    return "mounted" if mounted_within(guest, PATIENCE_S) else "**never mounted**"


def dead(lab, guest, way):
    start = begin(guest, way)
    lab.server.stop()
    seconds, _ = start()
    serve(lab)
    return after(guest, seconds, "mounted when it comes")


def silent(lab, guest, way):
    serve(lab)
    start = begin(guest, way)
    lab.netns.nft("iifname tap0 drop")
    try:
        seconds, _ = start()
    finally:
        lab.netns.nft_clear()
    return after(guest, seconds, "mounted when it answers")


def missing(lab, guest, way):
    serve(lab)
    lab.server.reconfigure({"/Other": ""})
    try:
        _, said = begin(guest, way)(20)
        if way == OURS:
            line = lab.wait_log(guest, 10, event="failed")
            return f"{line['cause']}; {line['fix']}"
    finally:
        lab.server.reconfigure({"/Users": ""})
    lines = [re.sub(r".*\.\.\.", "", line).strip(" *") for line in said.splitlines() if re.search(r"denied|unable|failed", line, re.I)]
    return "; ".join(dict.fromkeys(lines)) or "**nothing**"


def stale(lab, guest, way):
    """The export's folder made anew, as when a volume is exchanged: every old handle is dead."""
    serve(lab)
    begin(guest, way)()
    if not mounted_within(guest, 2):
        return "not mounted"
    lab.server.stop_nfs()
    shutil.rmtree(lab.server.users)
    (lab.server.users / "me").mkdir(parents=True)
    serve(lab)
    return "mounted anew" if mounted_within(guest, PATIENCE_S) else "**stale for ever**"


def without_rpcbind(lab, guest, way):
    """As the stock image is: no program of that name, and no service."""
    serve(lab)
    guest.must("mkdir -p /away && mv /etc/init.d/rpcbind /away/service && mv /sbin/rpcbind /away/program && rc-update -u")
    try:
        seconds, _ = begin(guest, way)()
        return "mounted" if mounted_within(guest, 2) else f"**not mounted**, {held(seconds)}"
    finally:
        guest.must("mv /away/service /etc/init.d/rpcbind && mv /away/program /sbin/rpcbind && rc-update -u")


FAULTS = [up, without_rpcbind, late, dead, silent, missing, stale]


def row(lab, way):
    """A way in a world of its own: most of the time goes by in waiting, so that they all run side by side."""
    serve(lab)
    guest = peers.guest(lab, "moby-1.13-rpcbind")
    return [way, *(fault(lab, guest, way) for fault in FAULTS)]


def table(rows):
    lines = [HEADS, ["---"] * len(HEADS), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


@pytest.mark.soak
@pytest.mark.alone
def test_where_other_ways_fail_ours_does_not_and_the_document_says_what_is_seen(lab_in):
    labs = [lab_in() for _ in WAYS]
    with concurrent.futures.ThreadPoolExecutor(len(WAYS)) as pool:
        rows = list(pool.map(row, labs, WAYS))
    (GUEST / "peers.md").write_text(table(rows))
    ours, others = rows[0], rows[1:]
    assert not [cell for cell in ours if "**" in cell], ours
    assert "/etc/exports" in ours[HEADS.index("export missing: what is read")], "what people need is the line to add"
    assert all([cell for cell in line if "**" in cell] for line in others), "another way has no fault: the document must say so"
    assert table(rows) in (REPO / "docs/peers.md").read_text(), f"docs/peers.md is out of date: {GUEST}/peers.md is what is seen"


def test_without_rpcbind_the_seeds_service_never_starts_and_ours_mounts(lab):
    serve(lab)
    guest = peers.guest(lab, "moby-1.13-rpcbind")
    assert without_rpcbind(lab, guest, "the seed's script, mount.nfs").startswith("**not mounted**")
    assert without_rpcbind(lab, guest, OURS) == "mounted"
