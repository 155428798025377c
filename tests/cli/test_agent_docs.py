# SPDX-License-Identifier: MIT
"""What the manual says is what the program's tables say: verbs, options, keys, defaults, verdicts, exit codes."""

import os
import re
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", REPO / "build")).resolve()
MAN8, CONF5, VERDICTS = (REPO / "docs" / name for name in ("usermount.8", "usermount.conf.5", "verdicts.md"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """{"key": [[name, default, meaning]], "verdict": [[code, level, meaning, usual fix]], "cause": [[code, cause, fix]],
    "options": [[text]]}"""
    program = tmp_path_factory.mktemp("tables") / "tables"
    subprocess.run(["cc", "-std=c11", "-o", program, REPO / "tests/cli/tables.c", BUILD / "host/tests.a"], check=True)
    rows = {}
    for line in subprocess.run([program], text=True, capture_output=True, check=True).stdout.splitlines():
        kind, *fields = line.split("\t")
        rows.setdefault(kind, []).append(fields)
    return rows


@pytest.fixture(scope="module")
def usage():
    return subprocess.run([BUILD / "usermount", "--help"], text=True, capture_output=True, check=True).stdout


def section(page, name):
    return re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", page.read_text(), re.M | re.S)[1]


def items(text):
    """{name: text} of the .It lines of a list."""
    parts = re.split(r"^\.It (?:Cm |Fl |Pa )?(.*)\n", text, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2]))


def plain(text):
    """Escapes and line breaks of mdoc taken out."""
    return " ".join(text.replace("\\e", "\\").split())


@pytest.mark.parametrize("page", [MAN8, CONF5], ids=lambda page: page.name)
def test_the_page_has_no_fault(page):
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "style", page], text=True, capture_output=True)
    # Our own pages and those of mount(8) are only found where they are installed.
    faults = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
    assert faults == []


def test_the_page_names_every_verb_and_no_other(usage):
    verbs = re.findall(r"^  ([a-z]+) ", usage, re.M)
    assert len(verbs) == 9
    named = items(section(MAN8, "DESCRIPTION"))
    assert [name.split()[0] for name in named if not name.startswith("-")] == verbs
    synopsis = set(re.findall(r"\b[a-z]+\b", " ".join(re.findall(r"^\.Cm (.*)", section(MAN8, "SYNOPSIS"), re.M))))
    assert synopsis == set(verbs)


def test_the_page_names_every_option_and_its_default(usage):
    options = dict(re.findall(r"^  --([a-z-]+) [A-Z]+ +.*\((/.*)\)$", usage, re.M))
    assert len(options) == 4
    named = items(section(MAN8, "DESCRIPTION"))
    for option, default in options.items():
        text = next(text for name, text in named.items() if name.startswith(f"-{option} "))
        assert f".Pa {default} ." in text
    for option in set(re.findall(r"--([a-z-]+)", usage)):
        assert any(name.split()[0] == f"-{option}" for name in named), option


def test_the_page_tells_every_exit_code(usage):
    text = plain(usage[usage.index("Exit:"):])
    for code, meaning in items(section(MAN8, "EXIT STATUS")).items():
        start = plain(meaning).split(":")[0].split(";")[0].replace(", or done", " or done").replace("wrong usage", "usage")
        assert f"{code} {start}" in text, (code, start)
    assert list(items(section(MAN8, "EXIT STATUS"))) == list("012345")


def test_the_page_tells_every_verdict_in_the_words_of_the_table(tables):
    named = items(section(MAN8, "VERDICTS"))
    assert {code: plain(text.replace(".El", "")) for code, text in named.items()} == \
        {code: meaning for code, _, meaning, _ in tables["verdict"]}
    assert list(named) == [row[0] for row in tables["verdict"]]


def test_the_settings_page_tells_every_key_in_the_words_of_the_table(tables):
    named = items(section(CONF5, "KEYS"))
    assert list(named) == [row[0] for row in tables["key"]]
    for name, default, meaning in tables["key"]:
        text = plain(named[name])
        assert text.startswith(f"{meaning}."), (name, meaning, text)
        assert (f"The default is .Ql {default} ." if default else "There is no default.") in text, name


def test_the_settings_page_has_the_built_in_options(tables):
    assert f".Dl {tables['options'][0][0]}\n" in section(CONF5, "MOUNT OPTIONS")


def test_the_sample_file_has_every_key_commented_with_its_default(tables):
    text = (REPO / "openrc/usermount.conf").read_text()
    wanted = "".join(f"# {meaning}\n#{name} ={' ' + default if default else ''}\n\n"
                     for name, default, meaning in tables["key"])
    assert text.endswith("\n\n" + wanted.rstrip("\n") + "\n")
    assert not re.search(r"^[^#\n]", text, re.M)


def test_the_sample_file_uncommented_is_read_without_a_fault(tables, tmp_path):
    text = (REPO / "openrc/usermount.conf").read_text()
    keys = "|".join(row[0] for row in tables["key"])
    (tmp_path / "conf").write_text(re.sub(rf"^#({keys}) =", r"\1 =", text, flags=re.M))
    done = subprocess.run([BUILD / "usermount", "--config", tmp_path / "conf", "--cmdline", "/dev/null", "config",
                           "--porcelain"], text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("origin=file:") == len(tables["key"])


def test_the_verdicts_page_is_the_table(tables):
    text = VERDICTS.read_text()
    assert re.findall(r"^\| `(.+?)` \| (.+?) \| (.+) \|$", text, re.M) == \
        [(code, level, meaning) for code, level, meaning, _ in tables["verdict"]]
    parts = re.split(r"^## (.*)\n", text, flags=re.M)[1:]
    sections = dict(zip(parts[::2], parts[1::2]))
    assert list(sections) == [row[0] for row in tables["verdict"]]
    for code, _, meaning, _ in tables["verdict"]:
        assert sections[code].startswith(f"\n{meaning[0].upper()}{meaning[1:]}.\n"), code
        causes = [(cause, fix) for owner, cause, fix in tables["cause"] if owner == code]
        shown = re.findall(r"^\| (.+?) \| (.+) \|$", sections[code], re.M)
        assert shown == ([("cause", "to do"), *causes] if causes[0][1] else []), code
    assert {row[0] for row in tables["cause"]} == {row[0] for row in tables["verdict"]}


def test_no_cure_restarts_nfsd_where_an_update_is_enough(tables):
    """From 10.12.4 on System Integrity Protection can refuse `nfsd restart`; `nfsd update` reads both files anew."""
    assert [fix for _, _, fix in tables["cause"] if "nfsd restart" in fix] == []


def test_what_the_page_says_of_limits_is_so(tmp_path):
    for key, good, bad in (("wait", "3600", "3600.001"), ("probe_timeout", "0.1", "0.099"), ("probe_timeout", "60", "61"),
                           ("retry_max", "0.1", "0.05"), ("retry_max", "3600", "3601"), ("watch", "3600", "3601")):
        for value, code in ((good, 0), (bad, 4)):
            (tmp_path / "conf").write_text(f"{key} = {value}\n")
            done = subprocess.run([BUILD / "usermount", "--config", tmp_path / "conf", "--cmdline", "/dev/null", "config"],
                                  capture_output=True)
            assert done.returncode == code, (key, value)
