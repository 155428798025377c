# SPDX-License-Identifier: MIT
"""PHP-like projects on the server, made once, by the server's own machine: files, a git repository, a list of includes."""

import os
from dataclasses import dataclass

PAST = 1_000_000_000  # older than git's index, which would otherwise doubt every file and read it
GIT = ("git", "-c", "safe.directory=*", "-c", "user.name=n", "-c", "user.email=e@example.com", "-C")


@dataclass(frozen=True)
class Project:
    """`included` of the files are on the list; `written` files are written beside it, and deleted."""

    name: str
    files: int
    included: int
    written: int


def make(server, project):
    """Folders of ten files, 300 bytes to 6 KiB each."""
    users, paths = server.users, []
    app = users / project.name
    for number in range(project.files):
        folder = app / "vendor" / f"vendor{number // 100}" / f"package{number // 50}" / "src" / f"Part{number // 10}"
        folder.mkdir(parents=True, exist_ok=True)
        paths.append(folder / f"Class{number}.php")
        paths[-1].write_bytes(b"<?php // filler\n" * (20 + number * 37 % 380))
        os.utime(paths[-1], (PAST, PAST))
    step = max(1, project.files // project.included)
    included = users / f"{project.name}-included"
    included.write_text("".join(f"/Users/{path.relative_to(users)}\n" for path in paths[::step]))

    def git(*words):
        server.netns.run(*GIT, server.inside(app), *words, timeout=300)
    git("init", "-q")
    server.netns.run("chown", "-R", "501:20", server.inside(app))
    # The index remembers owners and times, as the guest sees them: what comes after may not touch the files again.
    git("add", "-A")
    git("commit", "-qm", "start")
    server.netns.run("chown", "-R", "501:20", server.inside(app / ".git"), server.inside(included))
