# SPDX-License-Identifier: MIT
"""A program in the guest that reads files of the mount again and again, and counts what failed."""

import proc

LOOP = """cd /Users/me/project/vendor
while :; do
    cat */src/*.php > /dev/null || echo failed >> /run/reader.errors
    echo . >> /run/reader.rounds
done"""


class Reader:
    def __init__(self, guest, timeout):
        self.guest = guest
        guest.must(f"({LOOP}) </dev/null >/dev/null 2>&1 & echo started")
        proc.until("the reader reads", lambda: self.rounds() > 2, timeout)

    def rounds(self):
        return int(self.guest.must("cat /run/reader.rounds 2>/dev/null | wc -c"))

    def goes_on(self, timeout):
        """Waits for another round, and asserts that none has failed."""
        seen = self.rounds()
        proc.until("the reader goes on", lambda: self.rounds() > seen, timeout)
        assert self.guest.sh("cat /run/reader.errors")[1] != 0, "a read failed"
