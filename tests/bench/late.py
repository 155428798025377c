#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How soon /Users is mounted after a late server's first answer: late.py OUT.md. In user-mode-linux, as the tests are."""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))
import logs  # noqa: E402
from lab import Lab  # noqa: E402

DELAYS_S = (0.3, 1.1, 2.7, 5.3, 9.1, 3.3, 7.7, 15.9)


def late_ms(lab, guest, delay_s):
    """Milliseconds from the moment that NFS, MOUNT and rpcbind answer to the agent's word that the mount is proven."""
    lab.server.stop()
    guest.must("/usr/sbin/usermount stop; rm -f /var/log/usermount.log; /usr/sbin/usermount start")
    time.sleep(delay_s)
    lab.server.start()
    answers = time.time()
    return 1e3 * (logs.moment(lab.wait_log(guest, 20, event="up")["ts"]) - answers)


def main(out):
    lab = Lab("bench-late", "uml")
    try:
        guest = lab.boot(lab.packed(wait=0))
        lab.docker_start(guest)
        rows = [(delay_s, late_ms(lab, guest, delay_s)) for delay_s in DELAYS_S]
    finally:
        lab.close()
    text = ["| server late by, s | mounted after its first answer, ms |", "|---|---|"]
    text += [f"| {delay_s} | {ms:.0f} |" for delay_s, ms in rows]
    text += [f"| median (target: 250 at most) | {statistics.median(ms for _, ms in rows):.0f} |", ""]
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text("\n".join(text))
    print("\n".join(text))


if __name__ == "__main__":
    main(sys.argv[1])
