# SPDX-License-Identifier: MIT
"""Fixtures of the guest tests. `lab` is one test's world in the user-mode-linux lane, `lab_in` makes one in either."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lab import PACK, Lab  # noqa: E402
from paths import BUILD  # noqa: E402
from relay import Relay  # noqa: E402


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed and call.excinfo:
        item.stash[CAUSE] = item.session.stash[CAUSE] = f"{call.excinfo.typename}: {call.excinfo.value}".splitlines()[0]


CAUSE = pytest.StashKey()


@pytest.fixture(scope="session")
def product():
    """The built agent and packer; without them nothing here can be tested, which is a failure and not a skip."""
    missing = [str(path) for path in (BUILD / "usermount", PACK) if not path.exists()]
    assert not missing, f"not built: {' '.join(missing)} (run make)"
    assert os.geteuid() == 0, "the guest tests make network namespaces and taps: run them as root"


@pytest.fixture
def lab_in(request, product):
    labs = []

    def make(lane="uml", **server):
        name = request.node.name if not labs else f"{request.node.name}-{len(labs) + 1}"
        labs.append(Lab(name, lane, **server))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close(request.node.stash.get(CAUSE, None))


@pytest.fixture(scope="module")
def module_lab(request, product):
    """Makes labs that all tests of a file share; the last failure among them is their cause."""
    failed, labs = request.session.testsfailed, []

    def make(name, lane="uml", **server):
        labs.append(Lab(name, lane, **server))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close(request.session.stash[CAUSE] if request.session.testsfailed > failed else None)


@pytest.fixture
def lab(lab_in):
    return lab_in()


@pytest.fixture
def relayed(lab_in):
    """Labs whose gateway is vpnkit-like: what is on the namespace's loopback is on 192.168.65.1 for the guest."""
    relays = []

    def make(delay_s=0, idle_s=None, **server):
        lab = lab_in(**server)
        relays.append(Relay(lab.netns, delay_s=delay_s, idle_s=idle_s))
        return lab, relays[-1]

    yield make
    for relay in relays:
        relay.close()
