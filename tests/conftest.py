# SPDX-License-Identifier: MIT
"""Common to all tests: where things are, and the last line. With CI=true a skip is a failure: nothing hides."""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repo():
    return REPO


@pytest.fixture(scope="session")
def build():
    return Path(os.environ.get("USERMOUNT_BUILD", REPO / "build")).resolve()


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; `-m long` and make check-full run it, and nothing else does")
    config.addinivalue_line("markers", "soak: takes minutes and rarely fails; `-m soak` and make soak run it, and nothing else does")
    config.addinivalue_line("markers", "alone: is about time, and runs when no other test does (tests/run)")
    config.counted = {"passed": 0, "failed": 0, "skipped": 0}
    config.pluginmanager.register(Collected(config))


def pytest_collection_modifyitems(config, items):
    for mark in ("long", "soak"):
        if mark in config.getoption("-m"):
            continue
        left_out = [item for item in items if item.get_closest_marker(mark)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


class Collected:
    """A test file that cannot even be read has failed."""

    def __init__(self, config):
        self.config = config

    def pytest_collectreport(self, report):
        if report.failed:
            self.config.counted["failed"] += 1


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    counted = item.config.counted
    if report.failed or report.skipped:
        counted[report.outcome] += 1
    elif report.when == "call":
        counted["passed"] += 1


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    counted = config.counted
    print(f"{counted['passed']} passed, {counted['failed']} failed, {counted['skipped']} skipped")
