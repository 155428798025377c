# SPDX-License-Identifier: MIT
"""Every command line in the README, docs/reference.md and the man pages, tried; and that their tables are the programs' own."""

import os
import re
import subprocess
import sys

import pytest

from agent import BUILD, REPO, World, until
from mac import IMAGE, Mac
from test_agent_docs import tables  # noqa: F401  a fixture

sys.path.append(str(REPO / "tests/guest"))
import timeline  # noqa: E402

README = (REPO / "README.md").read_text()
REFERENCE = (REPO / "docs/reference.md").read_text()
README_LINES_MAX = 130
PAGES = ("usermount.8", "usermount.conf.5", "usermount-pack.1")

# What cannot run here, why, and the test that does the same another way.
NOT_HERE = {
    "tar -xzf usermount-0.1.0.tar.gz": ("needs a release", "test_the_release_installs_without_a_musl_compiler_and_packs"),
    "cd usermount-0.1.0": ("needs a release", "test_the_release_installs_without_a_musl_compiler_and_packs"),
    "brew tap-new me/usermount": ("needs Homebrew", "test_the_homebrew_formula_installs_the_release"),
    'cp usermount.rb "$(brew --repository me/usermount)/Formula/"': ("needs Homebrew", "test_the_homebrew_formula_installs_the_release"),
    "brew install me/usermount/usermount": ("needs Homebrew", "test_the_homebrew_formula_installs_the_release"),
    "sudo make install": ("writes to /usr/local", "test_the_release_installs_without_a_musl_compiler_and_packs"),
    'docker run --rm -v "$HOME:/home/me" alpine grep /home/me /proc/mounts':
        ("needs Docker for Mac", "test_a_container_that_restarts_by_itself_sees_the_files_from_its_first_moment"),
    "launchctl load -w /Library/LaunchAgents/usermount-pack.plist": ("needs launchd", "test_the_launchd_agent_runs_at_login_hourly_and_when_the_image_changes"),
    "launchctl unload -w /Library/LaunchAgents/usermount-pack.plist": ("needs launchd", "test_the_launchd_agent_runs_at_login_hourly_and_when_the_image_changes"),
    "launchctl load -w /Library/LaunchAgents/usermount-events.plist": ("needs launchd", "test_the_launchd_agent_s_command_watches_and_keeps_a_log"),
    "tar -xzf usermount-0.1.0-guest-x86_64.tar.gz -C /":
        ("writes to /", "test_the_guests_tarball_is_an_agent_with_its_service_and_settings"),
    "rc-update add usermount default": ("needs OpenRC", "test_users_is_mounted_before_docker_starts_at_every_boot_and_the_log_lasts"),
    "rc-service usermount start": ("needs OpenRC", "test_users_is_mounted_before_docker_starts_at_every_boot_and_the_log_lasts"),
    "rc-service usermount status": ("needs OpenRC", "test_users_is_mounted_before_docker_starts_at_every_boot_and_the_log_lasts"),
    """osascript -e 'quit app "Docker"'; sleep 5; open -a Docker""":
        ("needs Docker for Mac", "test_who_changes_docker_s_image_reads_how_to_restart_it"),
}
# Command lines inside sentences, beside make's targets and our own verbs, which are looked up.
IN_SENTENCES = {
    "xcode-select --install": ("needs a Mac", None),
    "dpkg -i usermount-pack_0.1.0_amd64.deb": ("writes to /", "test_the_deb_installs_runs_and_leaves_nothing_behind"),
    "brew services start usermount": ("needs Homebrew", "test_the_homebrew_formula_installs_the_release"),
    "sudo make uninstall": ("writes to /usr/local", "test_uninstall_takes_all_of_it_and_nothing_else"),
    "screen ~/Library/Containers/com.docker.docker/Data/com.docker.driver.amd64-linux/tty": ("needs Docker for Mac", None),
}
# doctor's answer is no where the fake Mac's image is still to be packed; status, probe and retry have no server here.
CODES = {"sudo usermount-pack doctor --fix": {0, 1}, "usermount status": {1}, "usermount probe": {1},
         "usermount probe 192.168.65.1:/Volumes/Work": {1}}


def readme_commands():
    blocks = re.findall(r"^```sh\n(.*?)^```", README + REFERENCE, re.M | re.S)
    return [line for block in blocks for line in block.splitlines()]


def page_commands():
    lines = [line for page in PAGES for line in (REPO / "docs" / page).read_text().splitlines()]
    shown = [line.split(" ", 1)[1] for line in lines if line.startswith((".Dl ", "$ "))]
    return [line for line in shown if not line.startswith(("# usermount-pack:", "vers="))]


COMMANDS = [*readme_commands(), *page_commands()]


@pytest.fixture
def world(tmp_path):
    (tmp_path / "world").mkdir()
    one = World(tmp_path / "world")
    one.run("start")
    until("a verdict", lambda: "to do:" in one.run("status").stdout)
    yield one
    one.close()


@pytest.fixture
def shell(world, build, tmp_path):
    """Runs a command line as its reader would, on a Mac that is a folder, and in a guest that is a namespace."""
    mac = Mac(build, tmp_path / "mac", packed=False)
    image = mac.root / IMAGE
    places = tmp_path / "bin"
    places.mkdir()
    options = " ".join(f'"{word}"' for word in world.options())
    scripts = {
        "sudo": 'exec "$@"',
        # macOS knows its own image; elsewhere it is named, and doctor is shown the Mac's folder.
        "usermount-pack": f'verb=$1; shift; for last; do :; done\n[ ! -e "${{last-}}" ] || exec {build}/usermount-pack "$verb" "$@"\n'
                          f'case $verb in doctor) set -- --root "{mac.root}" "$@";; *) set -- "$@" "{image}";; esac\n'
                          f'exec {build}/usermount-pack "$verb" "$@"',
        "usermount": f"exec {' '.join(world.enter)} {BUILD}/usermount {options} \"$@\"",
    }
    for name, script in scripts.items():
        (places / name).write_text(f"#!/bin/sh\n{script}\n")
        (places / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{places}:{os.environ['PATH']}", "USERMOUNT_SHARE": str(mac.share)}
    env = {name: value for name, value in env.items() if not name.startswith("SUDO_")}

    def run(line):
        cwd = tmp_path / "cwd"
        cwd.mkdir(exist_ok=True)
        if "initrd.img" in line:
            (cwd / "initrd.img").write_bytes(image.read_bytes())
        return subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=cwd, env=env, text=True, capture_output=True, timeout=60)

    return run


def test_every_command_line_runs_or_is_listed_with_its_reason(shell):
    ran = []
    for line in COMMANDS:
        if line in NOT_HERE:
            continue
        done = shell(line)
        assert done.returncode in CODES.get(line, {0}), (line, done.returncode, done.stdout, done.stderr)
        ran.append(line)
    assert len(ran) >= 14, ran


def test_what_is_listed_as_not_run_is_there_and_tested_elsewhere():
    assert [line for line in NOT_HERE if line not in COMMANDS] == []
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", README + REFERENCE, flags=re.M | re.S))]
    foreign = [span for span in spans if re.match(r"(sudo(?! usermount-pack)|brew|dpkg|screen|xcode-select|launchctl|docker|tar|rc-\w+) ", span)]
    assert set(foreign) == set(IN_SENTENCES)
    code = "".join(path.read_text() for path in (REPO / "tests").rglob("test_*.py"))
    assert [test for _, test in [*NOT_HERE.values(), *IN_SENTENCES.values()] if test and f"def {test}(" not in code] == []


def test_make_knows_its_targets():
    text = README + REFERENCE + (REPO / "CONTRIBUTING.md").read_text() + (REPO / "docs/licences.md").read_text()
    targets = set(re.findall(r"(?:^|^ {4}|`|sudo |&& )make ([a-z][a-z0-9-]*)", text, re.M))
    assert {"demo", "check", "install", "uninstall", "dist", "docs"} <= targets
    for target in sorted(targets):
        done = subprocess.run(["make", "-n", target], cwd=REPO, text=True, capture_output=True)
        assert done.returncode == 0, (target, done.stderr)


def test_the_verbs_and_services_that_the_text_names_exist():
    for program, text in (("usermount-pack", README + REFERENCE), ("usermount", README + REFERENCE)):
        usage = subprocess.run([BUILD / program, "--help"], text=True, capture_output=True, check=True).stdout
        verbs = set(re.findall(r"^  ([a-z]+) ", usage, re.M))
        named = set(re.findall(rf"(?:`|sudo |^){program} ([a-z]+)", text, re.M))
        assert named and named <= verbs, (program, named - verbs)
    service = (REPO / "openrc/usermount.initd").read_text()
    for verb in re.findall(r"rc-service usermount ([a-z]+)", README + REFERENCE):
        assert f"\n{verb}() {{" in service, verb
    assert "Library/LaunchAgents/usermount-pack.plist" in (REPO / "contrib/install").read_text()


def test_the_options_that_the_text_names_exist():
    lines = [line for line in re.findall(r"(?:usermount-pack|`)(?: ?)((?:add|remove|status|inspect|verify|doctor) [^`\n]*--[^`\n]*)", README + REFERENCE)]
    assert len(lines) >= 5
    for line in lines:
        verb, *words = line.split()
        usage = subprocess.run([BUILD / "usermount-pack", verb, "--help"], text=True, capture_output=True, check=True).stdout
        for option in (word for word in words if word.startswith("--")):
            assert re.search(rf"^ +{option}\b", usage, re.M), (verb, option)


def test_every_link_leads_somewhere():
    for file, wanted in ((REPO / "README.md", "docs/reference.md"), (REPO / "docs/reference.md", "verdicts.md")):
        links = re.findall(r"\]\(([^)#]+)\)", file.read_text())
        assert wanted in links
        assert [link for link in links if not (file.parent / link).exists()] == []


def test_the_version_is_the_current_one():
    version = re.search(r"^VERSION = (.*)$", (REPO / "Makefile").read_text(), re.M)[1]
    assert set(re.findall(r"usermount(?:-pack)?[-_](\d+\.\d+\.\d+)", README + REFERENCE)) == {version}


def test_the_troubleshooting_table_is_the_verdicts_own(tables):  # noqa: F811
    shown = re.search(r"\| verdict \|.*?\n\|---.*?\n((?:\|.*\n)+)", REFERENCE)[1]
    assert re.findall(r"^\| `(.+?)` \| (.+?) \| (.+) \|$", shown, re.M) == \
        [(code, meaning, fix) for code, _, meaning, fix in tables["verdict"] if fix]


def test_the_settings_table_has_every_key_and_default(tables):  # noqa: F811
    shown = re.search(r"\| key \|.*?\n\|---.*?\n((?:\|.*\n)+)", REFERENCE)[1]
    assert re.findall(r"^\| `(.+?)` \| `?(.+?)`? \| ", shown, re.M) == \
        [(name, default or "(none)") for name, default, _ in tables["key"]]
    assert f"`{tables['options'][0][0]}`" in REFERENCE


def test_the_session_shown_is_of_the_recorded_one():
    """Passages of it, whole lines in their order; where lines are left out, there is a mark."""
    recorded = (REPO / "docs/session.txt").read_text()
    passages = re.search(r"^```text\n(.*?)^```", README, re.M | re.S)[1].split("…\n")
    assert len(passages) >= 3
    for passage in passages:
        before, found, recorded = recorded.partition("\n" + passage)
        assert found, passage


def test_the_readme_is_read_in_a_minute():
    assert len(README.splitlines()) <= README_LINES_MAX


def test_the_time_line_is_drawn_from_the_log_beside_it():
    log = (REPO / "docs/boot.log").read_text()
    assert timeline.svg(log) == (REPO / "docs/timeline.svg").read_text()
    services, first, up, docker = timeline.read(log)
    assert 0 < first < up < docker and [name for name, _ in services if name in ("usermount", "docker")] == ["usermount", "docker"]
