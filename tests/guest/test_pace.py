# SPDX-License-Identifier: MIT
"""The tests' own clock: what waits for a state waits longer where a boot takes longer, and a promise does not."""

import time

import proc
import pytest


@pytest.fixture(autouse=True)
def pace():
    before = proc.pace.factor
    yield
    proc.pace.factor = before


def waited(**how):
    began = time.monotonic()
    with pytest.raises(proc.Failed, match="never: not within"):
        proc.until("never", lambda: False, 0.1, every=0.01, **how)
    return time.monotonic() - began


def test_a_wait_for_a_state_goes_by_the_time_of_a_boot():
    proc.pace.measured(took_s=8, idle_s=1)
    assert waited() >= 0.8


def test_a_promise_has_a_fixed_limit():
    proc.pace.measured(took_s=10, idle_s=1)
    assert waited(promise=True) < 0.8


def test_a_quick_machine_waits_no_less_and_no_machine_for_ever():
    proc.pace.measured(took_s=1, idle_s=4)
    assert proc.pace.factor == 1
    proc.pace.measured(took_s=1000, idle_s=1)
    assert proc.pace.factor == 10
