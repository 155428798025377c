# SPDX-License-Identifier: MIT
"""A PHP-like project, as people have under /Users: many small files in many folders, a long folder, one larger file."""

from pathlib import Path


def make(users, folders=20, files=6):
    """Fills users/me/project; returns that path."""
    project = Path(users) / "me" / "project"
    _write(project / "composer.json", '{"name": "me/project"}\n')
    _write(project / "index.php", "<?php require 'vendor/autoload.php';\n")
    for folder in range(folders):
        for file in range(files):
            name = project / "vendor" / f"package{folder:02}" / "src" / f"Class{file:02}.php"
            _write(name, f"<?php\nclass Class{folder}_{file} {{}}\n" + "// filler\n" * 150)
    for number in range(300):
        _write(project / "cache" / f"compiled-template-{number:03}-{'x' * 40}.php", "<?php\n")
    _write(project / "dump.sql", "INSERT INTO t VALUES (1);\n" * 10_000)
    return project


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
