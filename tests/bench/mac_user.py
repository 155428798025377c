# SPDX-License-Identifier: MIT
"""The Mac's user at work, for the benches: `mac_user.py`, which becomes uid 501, in /Users on the server's side.

One request a line, [NAME, ARGUMENT...] in JSON; one answer a line. Times are the wall clock's, in microseconds. Each kind
of edit has a folder, and in it "it", which is what everybody looks at.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

NAME = "it"


def put(name, text):
    Path(name).write_text(text)


def atomic(name, text):
    put(f"{name}.new", text)
    os.rename(f"{name}.new", name)


def appended(name, text):
    with open(name, "a") as file:
        file.write(text)


def older(name):
    put(name, "older\n")
    os.utime(name, (1e9, 1e9))


def folder():
    os.rename("sub", "sub.old")
    os.mkdir("sub")
    put("sub/other", "another folder\n")
    os.rename("sub", NAME)


# kind -> (what there is before, the edit); both in the kind's own folder
KINDS = {
    "written in place": (lambda: put(NAME, "old\n"), lambda: put(NAME, "new and longer\n")),
    "the same size": (lambda: put(NAME, "aaaa\n"), lambda: put(NAME, "bbbb\n")),
    "appended": (lambda: put(NAME, "one\n"), lambda: appended(NAME, "two\n")),
    "truncated": (lambda: put(NAME, "long\n"), lambda: os.truncate(NAME, 0)),
    "saved by rename": (lambda: put(NAME, "old\n"), lambda: atomic(NAME, "new and longer\n")),
    "created": (lambda: None, lambda: put(NAME, "made\n")),
    "deleted": (lambda: put(NAME, "old\n"), lambda: os.unlink(NAME)),
    "renamed": (lambda: put("from", "here\n"), lambda: os.rename("from", NAME)),
    "linked": (lambda: put("other", "linked\n"), lambda: os.link("other", NAME)),
    "a symbolic link": (lambda: put("other", "behind\n"), lambda: os.symlink("other", NAME)),
    "an older mtime": (lambda: put(NAME, "young\n"), lambda: older(NAME)),
    "chmod": (lambda: put(NAME, "mode\n"), lambda: os.chmod(NAME, 0o600)),
    "a folder renamed": (lambda: os.mkdir("sub"), folder),
}


def now_us():
    return time.time_ns() // 1000


def in_folder(path, function):
    os.chdir(path)
    function()
    done = now_us()
    os.chdir(TOP)
    return done


def hash_of(data):
    value = 14695981039346656037
    for byte in data:
        value = ((value ^ byte) * 1099511628211) & (1 << 64) - 1
    return value


def signs(path):
    """What shows.c sees where nothing is stale."""
    def sign(make):
        try:
            return make()
        except OSError as error:
            return f"errno:{error.errno}"
    it = Path(path) / NAME

    def opened():
        status = it.stat()
        content = hash_of(b"" if it.is_dir() else it.read_bytes())
        return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{content}"

    def looked():
        status = it.stat()
        return f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_mode:o}"

    def listed():
        entries = list(os.scandir(path))
        total = sum(hash_of(os.fsencode(entry.name)) + entry.inode() for entry in entries) & (1 << 64) - 1
        return f"{len(entries)}:{total}"
    return {"open": sign(opened), "stat": sign(looked), "readdir": sign(listed)}


def before(kind, path):
    os.makedirs(path)
    return in_folder(path, KINDS[kind][0])


def edit(kind, path):
    return in_folder(path, KINDS[kind][1])


def overwrite(path, text):
    """In place, and never empty in between."""
    with open(path, "r+") as file:
        file.write(text)


def write(path, text, by_rename):
    (atomic if by_rename else overwrite)(path, text)
    return now_us()


def replace(paths, text):
    """All of them, as fast as it goes; when the last was written."""
    for path in paths:
        atomic(path, text)
    return now_us()


class Editing:
    """One of the files a second, in turn, written in place or saved by rename, with the time as its content."""

    def __init__(self, paths, every_s):
        self.paths = [os.path.join(TOP, path) for path in paths]  # kinds of edits change the directory meanwhile
        self.every_s, self.done, self.ended = every_s, [], threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        number = 0
        while not self.ended.wait(self.every_s):
            place, stamp = number % len(self.paths), now_us()
            written = write(self.paths[place], f"{stamp}\n", number // len(self.paths) % 2)
            self.done.append((place, stamp, written))
            number += 1

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.done


editing = []
REQUESTS = {
    "before": before, "edit": edit, "signs": signs, "write": write, "replace": replace,
    "begin": lambda paths, every_s: editing.append(Editing(paths, every_s)),
    "end": lambda: editing.pop().stop(),
}

if __name__ == "__main__":
    TOP = os.getcwd()
    # This program and its interpreter may lie where only root can go, so it becomes the user itself.
    os.setgroups([])
    os.setgid(20)
    os.setuid(501)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(REQUESTS[name](*arguments)), flush=True)
