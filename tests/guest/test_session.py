# SPDX-License-Identifier: MIT
"""The README's recorded session and time line, recorded anew: only numbers may differ."""

import re
import runpy

from paths import HERE, REPO

import timeline

session = runpy.run_path(str(HERE / "session"))


def shape(text):
    """Lines with every number, sum and run of blanks made alike."""
    return [re.sub(r" +", " ", re.sub(r"\d+(\.\d+)?", "N", line)) for line in text.splitlines()]


def test_the_recorded_session_is_what_the_programs_say_today(lab):
    text, log = session["record"](lab)
    assert shape(text) == shape((REPO / "docs/session.txt").read_text())
    recorded = timeline.read((REPO / "docs/boot.log").read_text())
    services, first, up, docker = timeline.read(log)
    assert {name for name, _ in services} == {name for name, _ in recorded[0]}
    assert first < up < docker
    assert timeline.svg(log).startswith("<svg ")
