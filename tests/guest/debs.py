# SPDX-License-Identifier: MIT
"""Debian packages, downloaded and unpacked but never installed: what the guest is made of.

Each package is unpacked once, into build/guest/pkg/NAME; a repeat run touches no network. Two runs at a time wait for
each other on a lock.
"""

import contextlib
import fcntl
import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

from paths import GUEST, REPO


@contextlib.contextmanager
def lock(name):
    GUEST.mkdir(parents=True, exist_ok=True)
    with open(GUEST / f".{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def unpacked(names, foreign=None):
    """The folders of these packages, in the order of the names; `foreign` is Debian's name of another architecture."""
    if foreign:
        with lock(f"pkg-{foreign}"):
            _run(REPO / "contrib/foreign-debs", foreign, GUEST / f"pkg-{foreign}", *names)
        return [GUEST / f"pkg-{foreign}" / name for name in names]
    with lock("pkg"):
        missing = [name for name in names if not (GUEST / "pkg" / name).is_dir()]
        if missing:
            _download(missing)
    return [GUEST / "pkg" / name for name in names]


def real_package(name):
    """What a meta package such as linux-image-cloud-amd64 stands for today; remembered, so that a cache stays one."""
    with lock("resolve"):
        memory = GUEST / "pkg" / f".{name}"
        if not memory.exists():
            memory.parent.mkdir(parents=True, exist_ok=True)
            text = _run("apt-cache", "depends", name)
            memory.write_text(next(w.split()[-1] for w in text.splitlines() if "Depends:" in w))
        return memory.read_text()


def version(name):
    """The version of a package that was unpacked here; its documentation says it."""
    log = next(iter((unpacked([name])[0] / "usr/share/doc" / name).glob("changelog*.gz")), None)
    return gzip.open(log, "rt", errors="replace").readline().split()[1].strip("()") if log else "?"


def _download(names):
    pkg = GUEST / "pkg"
    pkg.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=pkg) as folder:
        # apt's own sandbox user cannot write below a root-owned build folder. And what is installed here is no matter: this
        # machine may have a package from elsewhere (node), whose version Debian has not.
        options = [word for pair in ("APT::Sandbox::User=root", "Dir::State::status=/dev/null") for word in ("-o", pair)]
        _run("apt-get", "-q", *options, "download", *names, cwd=folder)
        for name in names:
            deb = next(Path(folder).glob(f"{name}_*.deb"))
            fresh = Path(folder) / name
            _run("dpkg-deb", "-x", str(deb), str(fresh))
            shutil.move(fresh, pkg / name)


def _run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"mkguest: {' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout
