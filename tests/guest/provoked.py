# SPDX-License-Identifier: MIT
"""Fails, and means to: test_evidence.py runs it, and looks at what the failure leaves behind."""

import pytest


@pytest.mark.parametrize("lane", ["uml", "qemu", "kernel"])
def test_provoked(lab_in, lane):
    lab = lab_in(kernel=True) if lane == "kernel" else lab_in(lane)
    lab.server.start()
    lab.docker_start(lab.boot(lab.packed()))
    assert lane == "none of them", "provoked"
