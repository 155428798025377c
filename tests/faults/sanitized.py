# SPDX-License-Identifier: MIT
"""A pytest plugin for `make asan`: whatever a sanitizer reports while a test runs fails that test, also from a daemon or from
a child in its jail, whose standard error is nowhere; and what cannot be run so is left out here, with the reason.

As a program, sanitized.py BUILD: shows that a fault within the jail is seen."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# What a test's id begins with -> why it is not run with sanitizers; `make check` runs it. Each must still name a test.
LOADER = "the first such calls of a program that is not static are the loader's and the sanitizers' own"
START = "tests/faults/test_daemon_faults.py::test_a_start_goes_on_or_says_why_not"
NO_FILTER = "the filter kills nobody here, and memory has no limit: agent/system/jail.c"
PRELOADED = "it preloads a library of its own, and the sanitizer must be the first"
LEFT_OUT = {
    "tests/cli/test_agent_cli.py::test_the_binary_needs_nothing_else": "this agent is not static",
    "tests/cli/test_agent_daemon.py::test_no_signal_but_the_orders_ends_it": "the sanitizer has handlers of its own",
    "tests/cli/test_agent_docs.py": "about pages; its table of the program's words is linked without a sanitizer",
    "tests/cli/test_readme.py": "about pages, as above, and the README's own builds",
    "tests/cli/test_dist.py": "about the release, which has no sanitizer",
    "tests/cli/test_install.py::test_what_is_installed_has_its_place_and_mode": "licences are in the other build",
    "tests/cli/test_install.py::test_every_script_runs_on_a_mac": "licences are in the other build",
    "tests/cli/test_install.py::test_make_has_the_targets_that_call_it": "about the other build's name",
    "tests/cli/test_doctor_safety.py::test_since_10_14_a_refusal_to_root_is_about_full_disk_access": PRELOADED,
    "tests/cli/test_doctor_safety.py::test_a_folder_that_cannot_be_synced_loses_no_file": PRELOADED,
    "tests/cli/test_hardening.py": "about how the shipped programs are linked",
    "tests/cli/test_pack_bounds.py": "about time, of which a sanitizer takes several times as much",
    "tests/cli/test_run.py": "about tests/run",
    "tests/net/test_jail_escape.py::test_the_filter_kills": NO_FILTER,
    "tests/net/test_jail_escape.py::test_the_system_refuses[raise-limit]": NO_FILTER,
    "tests/net/test_jail_escape.py::test_the_system_refuses[take-memory]": NO_FILTER,
    "tests/net/test_jail_escape.py::test_a_daemon_outlives_its_probes": NO_FILTER,
    "tests/net/test_events_jails.py": NO_FILTER,
    "tests/net/test_jail_escape.py::test_only_a_zone_opens_the_way_to_its_number": NO_FILTER,
    "tests/net/test_probe_scarce.py": "about few descriptors and little memory, of which a sanitizer needs more",
    "tests/net/test_probe_jail.py::test_the_probe_is_nobody_without_any_privilege": NO_FILTER,
    "tests/faults/test_agent_soak.py::test_a_daemon_whose_server_comes_and_goes_does_not_grow":
        "about resident memory, most of which is the sanitizer's",
    "tests/faults/test_daemon_faults.py::test_a_daemon_lives_through_every_failing_call":
        "a jailed child in which a call fails for ever is killed by the filter, and there is none here",
    f"{START}[openat,open]": LOADER,
    f"{START}[close]": LOADER,
    f"{START}[read]": LOADER,
    f"{START}[fstat,lstat,stat,newfstatat]": LOADER,
    f"{START}[prlimit64,setrlimit]": LOADER,
}
# Traced processes: LeakSanitizer is a tracer itself, and a process has one at most. No leak is looked for in these.
TRACED = ("tests/cli/test_agent_log.py::test_a_warning_is_synced_by_a_child",
          "tests/cli/test_agent_log.py::test_the_folder_is_synced_too", "tests/faults/test_daemon_faults.py", "tests/net/test_jail_escape.py",
          "tests/net/test_probe_hostile.py::test_a_server_that_resets_just_before_it_is_written_to_is_told")
REPORT_MAX = 8000
PLACE = re.compile(r"\((/\S+)\+(0x[0-9a-f]+)\)")


def options(folder, leaks=True):
    common = f"log_path={folder}/report:exitcode=99"
    return {"ASAN_OPTIONS": f"{common}:detect_leaks={int(leaks)}:symbolize=0", "UBSAN_OPTIONS": f"{common}:print_stacktrace=1",
            "LSAN_OPTIONS": common}


def make_folder():
    """Where a process of uid nobody may write too."""
    folder = Path(tempfile.mkdtemp(prefix="sanitized-"))
    folder.chmod(0o1777)
    return folder


def take_reports(folder):
    text = ""
    for file in sorted(folder.iterdir()):
        text += file.read_text(errors="replace")
        file.unlink()
    return text


def with_lines(text):
    """No symbolizer can be started in a jail: here each place gets its function and line."""
    lines = {}
    for program, place in set(PLACE.findall(text)):
        done = subprocess.run(["llvm-symbolizer", f"--obj={program}", place], capture_output=True, text=True, timeout=60)
        lines[program, place] = " ".join(done.stdout.split())
    return PLACE.sub(lambda match: lines[match.groups()] or match[0], text)


class Plugin:
    def __init__(self):
        self.folder = make_folder()
        os.environ.update(options(self.folder))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        left_out = [item for item in items if item.nodeid.startswith(tuple(LEFT_OUT))]
        files = {item.nodeid.partition("::")[0] for item in items}
        for name in LEFT_OUT:
            if name.partition("::")[0] in files and not any(item.nodeid.startswith(name) for item in left_out):
                raise pytest.UsageError(f"sanitized.py leaves out {name}, and there is none")
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        os.environ.update(options(self.folder, not item.nodeid.startswith(TRACED)))
        yield

    @pytest.hookimpl(hookwrapper=True, trylast=True)  # before conftest.py counts
    def pytest_runtest_makereport(self, item, call):
        report = (yield).get_result()
        text = take_reports(self.folder)
        if text:
            report.outcome = "failed"
            report.longrepr = f"{report.longrepr or ''}\nA sanitizer says:\n{with_lines(text[:REPORT_MAX])}"

    def pytest_unconfigure(self):
        shutil.rmtree(self.folder)


def pytest_configure(config):
    config.pluginmanager.register(Plugin())


def main(build):
    folder = make_folder()
    done = subprocess.run(["unshare", "-n", build / "faults" / "traitor", "--config", "/dev/null", "--cmdline", "/dev/null",
                           "probe", "127.0.0.1:/overrun"], env={**os.environ, **options(folder)}, capture_output=True,
                          text=True, timeout=30, stdin=subprocess.DEVNULL)
    text = take_reports(folder)
    shutil.rmtree(folder)
    if "heap-buffer-overflow" not in text or "tests/faults/traitor.c" not in with_lines(text):
        sys.exit(f"sanitized.py: a fault in the jail is not seen: {done}\n{text}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
