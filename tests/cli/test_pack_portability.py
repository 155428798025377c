# SPDX-License-Identifier: MIT
"""What keeps the packer portable: where it may know its system, and what its headers need. tests/mac has it compiled with
Apple's headers."""

import re
import subprocess

FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-DUSERMOUNT_VERSION=\"0\"", "-Wall", "-Wextra", "-Wshadow",
         "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wswitch-enum", "-Wformat=2", "-Wconversion", "-Werror",
         "-fsyntax-only"]


def sources(repo):
    return sorted((repo / "packer").rglob("*.c"))


def headers(repo):
    return sorted((repo / "packer").rglob("*.h"))


EDGES = {"host/linux.c", "host/darwin.c", "host/digest.c", "doctor/mac_names.c", "events/watch_fanotify.c", "events/watch_fsevents.c"}


def test_only_the_edges_know_the_system(repo):
    """Everything outside EDGES is ISO C and POSIX: no other file asks which system it is on."""
    for source in sources(repo) + headers(repo):
        if str(source.relative_to(repo / "packer")) in EDGES:
            continue
        text = source.read_text()
        for word in ("__linux__", "__APPLE__", "_GNU_SOURCE", "_DARWIN_C_SOURCE", "<linux/", "<sys/xattr.h>"):
            assert word not in text, f"{source.name} has {word}"


def test_each_header_compiles_alone(repo, tmp_path):
    for header in headers(repo):
        unit = tmp_path / "unit.c"
        unit.write_text(f'#include "{header}"\ntypedef int iso_c_wants_something;\n')
        subprocess.run(["gcc", *FLAGS, unit], check=True)


def test_every_file_has_its_licence_first(repo):
    for path in sources(repo) + headers(repo):
        assert path.read_text().startswith("/* SPDX-License-Identifier: MIT */\n"), path.name


def test_the_manual_names_every_fault_and_option(repo, build):
    page = (repo / "docs/usermount-pack.1").read_text()
    table = (repo / "packer/image/fault.c").read_text()
    words = re.findall(r'\[FAULT_\w+\] =\s*\{"([a-z0-9-]+)"', table)
    assert words[0] == "none" and len(words) == table.count("[FAULT_") - table.count("table[FAULT_")
    listed = page.split("Faults at which the kernel stops")[1].split("\n.Cm path\n")[0]
    lines = [line.removeprefix(".Cm ") for line in listed.splitlines() if line.startswith(".Cm ")]
    assert sorted(words[1:]) == sorted(word for line in lines for word in line.split(" ") if word not in (",", "."))
    for verb in ("add", "remove", "status", "inspect", "verify"):
        text = subprocess.run([build / "usermount-pack", verb, "--help"], check=True, capture_output=True, text=True)
        for line in text.stdout.splitlines():
            if line.startswith("  -"):
                option = line.split()[0].lstrip("-")
                assert f"Fl -{option}" in page or f"Fl {option}" in page, f"{verb}: {option}"


# What macOS' own GNU make, 3.81, takes for something else, each with a line that has it. Source: NEWS of GNU make.
YOUNGER_MAKE = {
    r"^[^\t#]*[^ \t]\s*!=": "NOW != date",                                                       # 4.0
    r"^[^\t#]*::?:=": "NOW ::= 1",                                                               # 4.0
    r"^\s*(override\s+)?(private|undefine)\s": "undefine NOW",                                   # 3.82
    r"^\s*define\s+\S+\s*[:?+]?=": "define NOW =",                                               # 3.82
    r"^\s*-?load\s": "load mk.so",                                                               # 4.0
    r"^\.(ONESHELL|RECIPEPREFIX|SHELLFLAGS|EXTRA_PREREQS|NOTINTERMEDIATE|POSIX)\b": ".ONESHELL:",  # 3.82 and later
    r"^[^\t#]*\s&::?": "a b &: c",                                                               # 4.3
    r"\$[({](file|guile|let|intcmp)\s": "$(file >x,y)",                                          # 4.0 and later
    r"\.WAIT\b": "all: a .WAIT b",                                                               # 4.4
    r"\$\(MAKE\).*\s(-O|--output-sync|--trace|--eval|--shuffle)": "\t$(MAKE) -O all",            # 3.82 and later
}


def makefiles(repo):
    return [repo / "Makefile", *sorted((repo / "tests").rglob("*.mk"))]


def younger(line):
    return [pattern for pattern in YOUNGER_MAKE if re.search(pattern, line)]


def test_the_makefiles_want_no_younger_make_than_macos_has(repo):
    for pattern, line in YOUNGER_MAKE.items():
        assert younger(line) == [pattern]
    assert [(file.name, line) for file in makefiles(repo) for line in file.read_text().splitlines() if younger(line)] == []


def pattern_rules(repo):
    """The targets of the implicit rules in the Makefile, which is all that a Mac needs for building and installing."""
    return re.findall(r"^([^\s#:=]*%[^\s:=]*):(?!.*%.*:)", (repo / "Makefile").read_text(), re.M)


def test_of_two_rules_that_match_the_narrower_one_comes_first(repo):
    """3.81 takes the first rule that matches, later versions the one with the shortest stem."""
    rules = pattern_rules(repo)
    assert len(rules) >= 6
    for i, first in enumerate(rules):
        for second in rules[i + 1:]:
            assert not re.fullmatch(re.escape(first).replace("%", ".+"), second.replace("%", "x")), (first, second)
