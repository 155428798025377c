# SPDX-License-Identifier: MIT
"""usermount probe where the machine itself is short of something: what was not done is never ok, nor the server's fault."""

import pytest

REPORT = "run usermount probe in the guest, and report its output with this line"
WHOLE = {"resolve", "connect-nfs", "null-nfs", "connect-mountd", "null-mountd", "mnt", "getattr"}
SHORT = "the guest is short of descriptors, processes or memory: give Docker more memory, and restart it"


def limited(*words):
    return ["prlimit", *words, "--"]


def failing(call, error, when="1+"):
    """The agent, with one system call that fails in it and in its children."""
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]


@pytest.mark.parametrize("limits", [["--nofile=20"], ["--as=20480000"], ["--nofile=20", "--as=20480000"]], ids=" ".join)
def test_limits_below_its_own_are_kept_and_the_probe_is_whole(server, probe, limits):
    outcome = probe(user=limited(*limits))
    assert outcome.verdict == "ok", outcome.text
    assert list(outcome.steps) == ["resolve", "connect-rpcbind", "rpcbind-dump", "connect-nfs", "null-nfs", "connect-mountd",
                                   "null-mountd", "exports", "mnt", "getattr"]
    assert {step["state"] for step in outcome.steps.values()} == {"ok"}


@pytest.mark.parametrize("files", [3, 4])
def test_without_a_descriptor_for_its_pipe_the_probe_is_internal(server, probe, files):
    outcome = probe(user=limited(f"--nofile={files}"))
    assert (outcome.verdict, outcome.cause) == \
        ("internal", "the attempt could not start: pipe2: No file descriptors available"), outcome.text
    assert outcome.fix == SHORT and list(outcome.steps) == ["start"]


# The call that fails in the probe's own process: the step, and the words for it.
BREAKS = {
    "jail": (failing("setgroups", "ENOMEM"), "start", "the attempt could not start: entering the jail: Out of memory", SHORT),
    "fork": (failing("fork,clone", "EAGAIN"), "start",
             "the attempt could not start: fork: Resource temporarily unavailable", SHORT),
    "killed": (["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpeername", "-e",
                "inject=getpeername:signal=SIGKILL"], "start",
               "the attempt ended early: signal 9 at rpcbind-dump", REPORT),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_call_that_fails_here_is_internal_and_named(server, probe, name):
    user, step, cause, fix = BREAKS[name]
    outcome = probe(timeout_s=4, user=user)
    assert (outcome.verdict, outcome.cause, outcome.fix) == ("internal", cause, fix), outcome.text
    assert outcome.steps[step]["state"] == "failed"


def test_memory_that_ends_anywhere_is_never_ok_without_every_step(server, probe):
    """From a limit at which the program itself can just begin to one that is enough, 20 KiB at a time."""
    verdicts = []
    for limit_kib in range(900, 3000, 20):
        try:
            outcome = probe(user=limited(f"--as={limit_kib * 1024}"))
        except IndexError:  # it did not even come to its first line: the kernel killed it
            assert not verdicts
            continue
        done = {name for name, step in outcome.steps.items() if step["state"] == "ok"}
        assert outcome.verdict == ("ok" if WHOLE <= done else "internal"), (limit_kib, outcome.text)
        verdicts.append(outcome.verdict)
        if outcome.verdict == "ok":
            break
    assert verdicts[0] == "internal" and verdicts[-1] == "ok"
