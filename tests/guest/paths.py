# SPDX-License-Identifier: MIT
"""Where things are: the project, its build folder, the guest's part of it, and what failures leave."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", REPO / "build")).resolve()
GUEST = (BUILD / "guest").resolve()
# Not below GUEST, which a mutated copy of the project shares: its failures are meant, and explain nothing.
FAILED = BUILD / "failed"
