# SPDX-License-Identifier: MIT
"""Where things are: the project, its build folder, and the guest's part of it."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", REPO / "build")).resolve()
GUEST = (BUILD / "guest").resolve()
