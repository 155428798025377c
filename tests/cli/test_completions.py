# SPDX-License-Identifier: MIT
"""The completions, asked in each shell itself, offer what the programs' tables have: verbs, options, keys, in their words."""

import os
import re
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", REPO / "build")).resolve()
FOLDER = REPO / "contrib/completions"


def out(*command, **more):
    return subprocess.run(list(map(str, command)), text=True, capture_output=True, check=True, timeout=60, **more).stdout


def pack_verbs():
    """{verb: summary}"""
    return dict(re.findall(r"^  ([a-z]+) +(.*)$", out(BUILD / "usermount-pack", "--help"), re.M))


def pack_options(verb):
    """{option: meaning}, as `VERB --help` has them."""
    lines = re.findall(r"^  (--?[a-z-]+)(?: [A-Z=]+)? +(.*)$", out(BUILD / "usermount-pack", verb, "--help"), re.M)
    return dict(lines) | {"--help": f"the options of {verb}"}


def agent_verbs():
    return dict(re.findall(r"^  ([a-z]+) +(?:\[[A-Z:/]+\] +)?(.*)$", out(BUILD / "usermount", "--help"), re.M))


def agent_options():
    return set(re.findall(r"--[a-z-]+", out(BUILD / "usermount", "--help")))


def keys():
    text = (REPO / "openrc/usermount.conf").read_text()
    return re.findall(r"^#([a-z_]+) =", text, re.M)


# Each asks its shell what comes next behind the words, the last of which is begun: {offer: description or ""}.

def bash(*words):
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              'eval "$(complete -p "$1" | sed "s/.*-F \\([^ ]*\\).*/\\1/")"; printf "%s\\n" "${COMPREPLY[@]}"')
    text = out("bash", "--norc", "-c", script, "bash", FOLDER / f"{words[0]}.bash", *words)
    return {line: "" for line in text.splitlines() if line}


def fish(*words, home):
    line = " ".join(words)
    script = f"source {FOLDER / words[0]}.fish; complete -C {line!r}"
    text = out("fish", "--no-config", "-c", script, env={**os.environ, "HOME": str(home)})
    return {at[0]: at[-1] if len(at) > 1 else "" for at in (line.split("\t") for line in text.splitlines())}


def zsh(*words):
    """The function with zsh's own helpers replaced by ones that print what they are given."""
    script = ('_describe() { print -rl -- "${(@P)2}"; }; _arguments() { print -rl -- "$@"; }; '
              'file=$1; shift; words=("$@"); CURRENT=$#; state=verb; f() { eval "$(<$file)"; }; f')
    text = out("zsh", "-f", "-c", script, "zsh", FOLDER / f"_{words[0]}", *words)
    offers = {}
    for line in text.splitlines():
        if match := re.match(r"\*?(--?[a-z-]+)\[(.*)\]", line):
            offers[match[1]] = match[2]
        elif match := re.match(r"([a-z]+):(.*)", line):
            offers[match[1]] = match[2]
    return offers


VERBS = sorted(pack_verbs())


def test_every_verb_of_the_packer(tmp_path):
    wanted = pack_verbs()
    assert len(wanted) == 7
    assert set(bash("usermount-pack", "")) == set(wanted) | {"--help", "--version"}
    assert fish("usermount-pack", "''", home=tmp_path).items() >= wanted.items()
    assert set(fish("usermount-pack", "''", home=tmp_path)) == set(wanted)
    assert set(fish("usermount-pack", "--", home=tmp_path)) == {"--help", "--version"}
    offers = zsh("usermount-pack", "")
    assert offers.items() >= wanted.items() and set(offers) == set(wanted) | {"--help", "--version"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb(verb, tmp_path):
    wanted = pack_options(verb)
    assert set(bash("usermount-pack", verb, "-")) == set(wanted)
    assert zsh("usermount-pack", verb, "-") == wanted
    offers = fish("usermount-pack", verb, "-", home=tmp_path)
    assert {name: offers[name] for name in wanted} == wanted
    assert set(offers) == set(wanted)


def test_the_keys_of_set(tmp_path):
    wanted = {f"{key}=" for key in keys()}
    assert len(wanted) == 14
    assert set(bash("usermount-pack", "add", "--set", "")) == wanted
    assert set(fish("usermount-pack", "add", "--set", "''", home=tmp_path)) == wanted
    for name in ("_usermount-pack", "usermount-pack.fish"):
        assert set(re.findall(r"\b[a-z_]+=(?=[ )'])", (FOLDER / name).read_text())) >= wanted


def test_files_are_offered_where_they_belong(tmp_path):
    (tmp_path / "a b.img").touch()
    (tmp_path / "folder").mkdir()
    begun = f"{tmp_path}/"
    assert set(bash("usermount-pack", "status", begun)) == {f"{begun}a b.img", f"{begun}folder"}
    assert set(bash("usermount-pack", "add", "--agent", begun)) == {f"{begun}a b.img", f"{begun}folder"}
    assert set(bash("usermount-pack", "doctor", "--root", begun)) == {f"{begun}folder"}
    assert bash("usermount-pack", "doctor", begun) == {}
    assert set(bash("usermount", "--run-dir", begun)) == {f"{begun}folder"}
    assert f"{begun}folder/" in fish("usermount-pack", "doctor", "--root", begun, home=tmp_path)


def test_the_agent(tmp_path):
    verbs, options = agent_verbs(), agent_options()
    assert len(verbs) == 9 and len(options) == 7
    assert set(bash("usermount", "")) == set(verbs) | options
    assert fish("usermount", "''", home=tmp_path) == verbs
    assert set(fish("usermount", "--", home=tmp_path)) == options
    offers = zsh("usermount", "")
    assert offers.items() >= verbs.items() and set(offers) == set(verbs) | options


def test_bash_3_2_of_macos_could_read_them():
    for name in ("usermount.bash", "usermount-pack.bash"):
        text = (FOLDER / name).read_text().split("\n", 3)[3]
        for word in ("mapfile", "declare -A", "|&", ";;&", "${word,,}", "readarray"):
            assert word not in text


def test_shellcheck_is_content():
    out("shellcheck", "-s", "bash", FOLDER / "usermount.bash", FOLDER / "usermount-pack.bash")
