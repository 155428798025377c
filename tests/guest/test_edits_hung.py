# SPDX-License-Identifier: MIT
"""One file for which the server answers nothing, while it answers everything else, does not stop what is told of edits."""

import struct
import time

import proc
import pytest
import relay
from edits import Edited

PROJECT = "/Users/me/project"
NFS, ACCESS, CALL, HEAD = 100003, 4, 0, 8 * 4  # HEAD: xid, kind, RPC's version, program, version, procedure, flavour, length


class Swallower:
    """Takes the ACCESS calls for one file handle out of the stream of a guest's flow."""

    def __init__(self):
        self.handle = self.last = None
        self.flows = {}

    def settled(self):
        """The handle of the last call, if no other call has come for a moment."""
        before = self.last
        time.sleep(0.5)
        return before if before == self.last else None

    def keeps(self, flow, chunk):
        """The chunk without these calls; what belongs to a record that is not whole yet comes with the rest of it."""
        data, kept = self.flows.pop(flow, b"") + chunk, b""
        while len(data) >= 4 and len(data) >= (size := 4 + (struct.unpack(">I", data[:4])[0] & 0x7fffffff)):
            record, data = data[:size], data[size:]
            kept += b"" if self._is_swallowed(record[4:]) else record
        self.flows[flow] = data
        return kept

    def _is_swallowed(self, call):
        _, kind, _, program, _, procedure, _, length = struct.unpack(">8I", call[:HEAD])
        if (kind, program, procedure) != (CALL, NFS, ACCESS):
            return False
        at = HEAD + (length + 3) // 4 * 4 + 8  # behind the credentials and an empty verifier
        size, = struct.unpack(">I", call[at:at + 4])
        self.last = call[at + 4:at + 4 + size]
        return self.last == self.handle


@pytest.fixture
def swallower(monkeypatch):
    made, read = Swallower(), relay.Flow._read

    class Chunks:
        def __init__(self, flow, chunks):
            self.flow, self.chunks = flow, chunks

        def put(self, item):
            due, chunk = item
            self.chunks.put((due, made.keeps(self.flow, chunk) if chunk else chunk))

    def filtered(flow, end, chunks):
        read(flow, end, Chunks(flow, chunks) if flow.port == 2049 and end is flow.guest else chunks)
    monkeypatch.setattr(relay.Flow, "_read", filtered)
    return made


def test_a_held_file_whose_calls_hang_does_not_keep_the_stream_away(lab, swallower):
    edited = Edited(lab)
    edited.wait_cache("coherent", told=True)
    edited.mac("mkdir hang; echo x > hang/it")
    proc.until("the file", lambda: edited.guest.sh(f"cat {PROJECT}/hang/it")[1] == 0, 10)
    edited.guest.must(f"sleep 1000 < {PROJECT}/hang/it > /dev/null 2>&1 &")
    time.sleep(proc.pace.factor)
    swallower.last = None
    edited.mac("echo y > hang/it")  # the last ACCESS call is the one for it
    swallower.handle = proc.until("the last ACCESS call", swallower.settled, 10)
    try:
        edited.guest.must(f"kill -9 {edited.family()['reader']}")
        edited.wait_cache("coherent", told=False)
        edited.wait_cache("coherent", told=True)
    finally:
        swallower.handle = None
        edited.close()
