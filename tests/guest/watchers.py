# SPDX-License-Identifier: MIT
"""The programs that people watch files with, the real ones, in a container of the guest: who reports which edit.

They come from Debian and from npm (watchers/package-lock.json pins each version and its bytes) and lie below build/. The
guest reads them through user-mode-linux's hostfs; nothing is installed, and the ramdisk stays small. Another version:
edit package.json, then `npm install --package-lock-only --omit-lockfile-registry-resolved` beside it.
"""

import re
import shlex
import shutil
from dataclasses import dataclass

import debs
import proc
from paths import GUEST, HERE
from standin import Standin

NODE = ("nodejs libnode108 libbrotli1 libc-ares2 libgcc-s1 libicu72 libnghttp2-14 libssl3 libstdc++6 libuv1 zlib1g node-acorn "
        "node-cjs-module-lexer node-undici").split()
PYTHON = "python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 libffi8 python3-watchdog".split()
PACKAGES = ["libc6", "coreutils", *NODE, *PYTHON, "inotify-tools", "libinotifytools0", "entr", "libbsd0", "libmd0", "reflex"]
SCRIPTS = HERE / "watchers"


@dataclass(frozen=True)
class Edit:
    """What the Mac does in a folder of the edit's own, named `folder`, and always to `it` or `it.js`."""
    folder: str
    title: str  # in the table
    before: str
    edit: str


EDITS = (
    Edit("in-place", "edit in place", "echo old > it.js", "echo 'new and longer' > it.js"),
    Edit("atomic", "save by rename", "echo old > it.js", "echo 'new and longer' > it.js.tmp; mv it.js.tmp it.js"),
    Edit("create", "new file", "", "echo new > it.js"),
    Edit("delete", "removed file", "echo old > it.js", "rm it.js"),
    Edit("rename", "file's new name", "echo old > from.js", "mv from.js it.js"),
    Edit("mkdir", "new folder", "", "mkdir it"),
    Edit("rmdir", "removed folder", "mkdir it", "rmdir it"),
)
FOLDERS = " ".join(f"/src/{edit.folder}" for edit in EDITS)
FILES = " ".join(f"/src/{name}" for name in ("in-place/it.js", "atomic/it.js", "delete/it.js", "rename/from.js"))


@dataclass(frozen=True)
class Program:
    name: str     # in the table
    command: str  # in the container
    ready: str    # what its log shows once it watches


EVENTS = "inotifywait -m -r --format '%e %w%f' {}/src"
NODEMON = "node /node_modules/nodemon/bin/nodemon.js --verbose --exec true --watch src"
PROGRAMS = (
    Program("chokidar 3", "node /scripts/chokidar.js chokidar3 /src", "^ready"),
    Program("chokidar 4", "node /scripts/chokidar.js chokidar4 /src", "^ready"),
    Program("@parcel/watcher", "node /scripts/parcel.js /src", "^ready"),
    Program("nodemon", NODEMON, r"watching \d+ file"),
    Program("watchpack (webpack)", f"node /scripts/watchpack.js {FOLDERS}", "^ready"),
    Program("Node's `fs.watch` of the folder", f"node /scripts/fswatch.js {FOLDERS}", "^ready"),
    Program("Python's watchdog", "python3.11 /scripts/dog.py observer /src", "^ready"),
    Program("reflex (Go's fsnotify)", "cd src; reflex --all --verbose echo src/{}", "^Reflex from"),
    Program("`inotifywait`", EVENTS.format(""), "^Watches established"),
    Program("`inotifywait -e close_write`", EVENTS.format("-e close_write "), "^Watches established"),
    Program("`inotifywait -e modify,create,delete,move`", EVENTS.format("-e modify,create,delete,move "), "^Watches established"),
    # Its command runs once at the start, with the first file.
    Program("`entr`", f"printf '%s\\n' /src/ready.js {FILES} | entr -n echo /_", "^/src/ready.js"),
    Program("`tail -F`", f"tail -F {FILES} /src/create/it.js /src/rename/it.js /src/ready.js", "^==> /src/ready.js"),
    Program("chokidar, polling", "CHOKIDAR_USEPOLLING=1 node /scripts/chokidar.js chokidar3 /src", "^ready"),
    Program("nodemon, polling", f"{NODEMON} --legacy-watch", r"watching \d+ file"),
    Program("watchpack, polling", f"WATCHPACK_POLLING=200 node /scripts/watchpack.js {FOLDERS}", "^ready"),
    Program("watchdog, polling", "python3.11 /scripts/dog.py polling /src", "^ready"),
)
# Another program's reading is nothing that happened to the file.
READING = "^(OPEN|ACCESS|CLOSE_NOWRITE)"
LOGS = "/run/watchers"


def reported(lines, edit):
    """What a program's lines tell of an edit: "yes" if they name what it changed, "folder" if only the folder around it."""
    told = "no"
    for line in lines:
        for named in re.findall(rf"\bsrc/{edit.folder}(?:/([\w./-]*))?(?![\w-])", line):
            if named in ("it", "it.js"):
                return "yes"
            if named == "":
                told = "folder"
    return told


def table(rows):
    """The table of docs/events.md: `rows` has a dict by Edit for each Program."""
    lines = ["| watcher | " + " | ".join(edit.title for edit in EDITS) + " |", "|---" * (len(EDITS) + 1) + "|"]
    lines += [f"| {program.name} | " + " | ".join(row[edit] for edit in EDITS) + " |" for program, row in rows.items()]
    return "\n".join(lines)


def of_page(text):
    """The page's table: as it is written, and as `rows`; what is missing there reads as nothing."""
    written = re.search(r"^\| watcher \|.*(?:\n\|.*)*", text, re.M)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in written.splitlines()]
    named = {row[0]: dict(zip(EDITS, row[1:])) for row in cells}
    return written, {program: named.get(program.name, {}) for program in PROGRAMS}


def tools():
    """The folder with all of the programs: usr, as Debian merges it, and node_modules. Made once."""
    folders = debs.unpacked(PACKAGES)
    wanted = "\n".join([*PACKAGES, (SCRIPTS / "package-lock.json").read_text()])
    made = GUEST / "watchers"
    with debs.lock("watchers"):
        made_of = made / "made-of"
        if not made_of.exists() or made_of.read_text() != wanted:
            shutil.rmtree(made, ignore_errors=True)
            (made / "usr").mkdir(parents=True)
            for folder in folders:
                for part, target in (("usr", "usr"), ("bin", "usr/bin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")):
                    if (folder / part).is_dir():
                        (made / target).mkdir(exist_ok=True)
                        proc.run(["cp", "-al", f"{folder / part}/.", made / target])
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SCRIPTS / name, made)
            proc.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=made, timeout=300)
            made_of.write_text(wanted)
    return made


class Container:
    """A stand-in for a container with a bind of the project, in which all of the programs run at once."""

    def __init__(self, guest):
        self.guest = guest
        guest.must(f"mkdir -p /mnt {LOGS}")
        self.standin = Standin(guest, "watchers", f"""
mkdir tools scripts proc dev tmp
mount --bind /Users/me/project src
mount -t hostfs -o ro,{tools()} none tools
mount -t hostfs -o ro,{SCRIPTS} none scripts
mount -t proc proc proc
mount --bind /dev dev
ln -s tools/usr tools/node_modules .
ln -s usr/lib usr/lib64 .
ln -s busybox bin/sh
ln -s busybox bin/ps""")  # nodemon looks for its child's children

    def start(self):
        enter = f"nsenter -t {self.standin.pid} -m -r /bin/sh -c"
        for number, program in enumerate(PROGRAMS):
            inside = f"cd /; export PATH=/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 HOME=/tmp; {program.command}"
            self.guest.must(f"{enter} {shlex.quote(inside)} >> {LOGS}/{number} 2>&1 < /dev/null &")
        try:
            proc.until("the watchers are ready", lambda: not self._not_ready(), 30, every=0.5)
        except proc.Failed as failed:
            said = self.lines()
            late = {program.name: said[program][-5:] for program in self._not_ready()}
            raise proc.Failed(f"{failed}; still missing, and what they say: {late}") from None
        # What they say at the start is no report: a file that entr or tail names first, the files that nodemon finds.
        self.guest.must(f"for log in {LOGS}/*; do : > $log; done")

    def _not_ready(self):
        return [program for program, lines in self.lines().items() if not any(re.search(program.ready, line) for line in lines)]

    def lines(self):
        """What each program has said since all of them were ready, each line once: the wire into the guest is slow."""
        text = self.guest.must(f"cd {LOGS}; awk '!/{READING}/ && !seen[FILENAME, $0]++ {{ print FILENAME, $0 }}' *")
        said = {program: [] for program in PROGRAMS}
        for line in text.splitlines():
            number, _, words = line.partition(" ")
            said[PROGRAMS[int(number)]].append(words)
        return said
