# SPDX-License-Identifier: MIT
"""Fails, and means to: test_evidence.py runs it, and looks at what the failure leaves behind."""

import pytest


LABS = {
    "uml": lambda lab_in, module_lab: lab_in("uml"),
    "qemu": lambda lab_in, module_lab: lab_in("qemu"),
    "kernel": lambda lab_in, module_lab: lab_in(kernel=True),
    "shared": lambda lab_in, module_lab: module_lab("provoked-shared", "uml"),
}


@pytest.mark.parametrize("lane", LABS)
def test_provoked(lab_in, module_lab, lane):
    lab = LABS[lane](lab_in, module_lab)
    lab.server.start()
    lab.docker_start(lab.boot(lab.packed()))
    assert lane == "none of them", "provoked"
