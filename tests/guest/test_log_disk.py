# SPDX-License-Identifier: MIT
"""The log on a real disk: a plug that is pulled, and /var/log under the Mac's folder, as docker's start did once."""

import proc

LOG = "/var/log/usermount.log"
# What docker's start did until November 2016: the guest's folder to /run/log, the Mac's, by osxfs, in its place.
COVER = "mkdir -p /run/log && mount --bind /var/log /run/log && /usr/lib/guest/osxfs /mac-log && mount --bind /mac-log /var/log"


def events(text):
    return [word.removeprefix("event=") for word in text.split() if word.startswith("event=")]


def test_warnings_survive_a_pulled_plug(lab):
    """The kernel writes a file's pages after 30 s, and its journal after 5: the plug is pulled at once."""
    guest = lab.boot(lab.packed(wait=0))
    lab.docker_start(guest)
    guest.must("/usr/sbin/usermount stop && sync && /usr/sbin/usermount start")
    text = proc.until("a failure is told", lambda: _failed_again(guest), 10, every=0.05)
    proc.until("the child that syncs has ended", lambda: len(guest.sh("pidof usermount")[0].split()) == 1, 10, every=0.05)
    guest.kill()
    kept = guest.disk.read(LOG)
    assert kept.startswith(text) and events(kept).count("start") == 2


def _failed_again(guest):
    """The log, when the second daemon has failed once."""
    text = guest.must(f"cat {LOG}")
    return text if events(text)[events(text).index("end"):][:3] == ["end", "start", "failed"] else None


def test_lines_go_on_below_what_covers_their_folder(lab):
    lab.server.start()
    guest = lab.boot(lab.packed(watch=1))
    lab.docker_start(guest)
    guest.must("mkdir /mac-log && " + COVER)
    assert guest.must("mount | grep -c ' /var/log type fuse.osxfs '").strip() == "1"
    lab.unmount_idle(guest)
    proc.until("it is mounted anew", lambda: "gone" in events(guest.sh("cat /run/log/usermount.log")[0]), 10, every=0.1)
    guest.must("/usr/sbin/usermount wait 10")
    guest.must("rc-service usermount restart")
    guest.must("/usr/sbin/usermount status")
    assert guest.must("ls /var/log").split() == ["from-osxfs"]
    told = events(guest.must("cat /run/log/usermount.log"))
    assert told == ["start", "up", "gone", "up", "unmounted", "end", "start", "up"], told
