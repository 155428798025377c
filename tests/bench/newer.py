# SPDX-License-Identifier: MIT
"""Programs that Debian has only in its unstable release (sid), unpacked below build/ and run with that release's C library.

apt's lists are private, as this machine's own apt stays what it is; the mirror is the machine's.
"""

import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from world import debs
from paths import GUEST

RELEASE = "sid"
FOLDER = GUEST / f"pkg-{RELEASE}"
LOADER = "usr/lib64/ld-linux-x86-64.so.2"
LIBRARIES = ("libc6", "libgcc-s1")


def _apt(*words, cwd):
    apt = Path(cwd) / "apt"
    private = ("Dir::Etc::SourceList=" + str(apt / "sources.list"), "Dir::Etc::SourceParts=/dev/null", f"Dir::State::Lists={apt}/lists",
               f"Dir::Cache={apt}/cache", "APT::Sandbox::User=root")
    subprocess.run([words[0], *(w for option in private for w in ("-o", option)), *words[1:]], cwd=cwd, check=True, capture_output=True,
                   text=True, timeout=300)


def _site():
    """Debian's own mirror; others may stand in the same lists."""
    sites = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"],
                           capture_output=True, text=True, check=True).stdout.split()
    return sites[0]


def _bring(names):
    with tempfile.TemporaryDirectory(dir=GUEST) as folder:
        for part in ("apt/lists/partial", "apt/cache/archives/partial"):
            (Path(folder) / part).mkdir(parents=True)
        (Path(folder) / "apt/sources.list").write_text(f"deb {_site()} {RELEASE} main\n")
        _apt("apt-get", "-q", "update", cwd=folder)
        _apt("apt-get", "-q", "download", *names, cwd=folder)
        fresh = Path(folder) / "fresh"
        fresh.mkdir()
        for name in names:
            file = next(Path(folder).glob(f"{name}_*.deb"))
            subprocess.run(["dpkg-deb", "-x", file, fresh / "root"], check=True)
            (fresh / f"{name}.version").write_text(file.name.split("_")[1])
        shutil.move(fresh, FOLDER)


def program(name):
    """A folder for PATH with this program of the package of the same name, and its version; None where it cannot be had."""
    with debs.lock("pkg-" + RELEASE):
        try:
            if not (FOLDER / f"{name}.version").exists():
                shutil.rmtree(FOLDER, ignore_errors=True)
                _bring([name, *LIBRARIES])
        except (subprocess.SubprocessError, OSError, IndexError) as failure:
            print(f"bench: {name} of Debian {RELEASE} cannot be had: {getattr(failure, 'stderr', None) or failure}", flush=True)
            return None
        root, script = FOLDER / "root", FOLDER / "bin" / name
        script.parent.mkdir(exist_ok=True)
        libraries = ":".join(str(root / part) for part in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"))
        script.write_text(f"#!/bin/sh\nexec {root / LOADER} --library-path {libraries} {root}/usr/bin/{name} \"$@\"\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return os.fspath(script.parent), (FOLDER / f"{name}.version").read_text()
