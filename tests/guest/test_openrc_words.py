# SPDX-License-Identifier: MIT
"""The service speaks to OpenRC 0.21.7, Moby's, which is older than the one that the guest boots: only words that it knows."""

import re

DEPEND = {"need", "use", "want", "after", "before", "provide", "keyword", "config"}
VARIABLES = re.compile(r"description(_\w+)?|extra_commands|extra_started_commands|extra_stopped_commands|command|command_args|"
                       r"pidfile|start_stop_daemon_args|name|required_files|required_dirs")
# What runs inside the functions: OpenRC's helpers of that version, the shell's own words, and the agent.
WORDS = {"ebegin", "eend", "einfo", "ewarn", "eerror", "ewaitfile", "checkpath", "yesno", "service_started",
         "mark_service_stopped", "report_crash", "return", "if", "then", "else", "elif",
         "fi", "[", "local", "while", "case", "esac", "done", "printf", "say_info", "$command", '"$command"', "$said", "END"}


def word(line):
    """What a line runs: the command of a case's branch, `=` for an assignment, otherwise its first word."""
    branch = re.fullmatch(r".*\) (\w+) .*;;", line)
    return branch[1] if branch else "=" if re.match(r"\w+=", line) else line.split()[0]


def parts(text):
    """The top level's assignments, and each function's lines."""
    functions, name, variables = {}, None, []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        opening = re.match(r"(\w+)\(\)\s*\{?$", line)
        if opening:
            name = opening[1]
            functions[name] = []
        elif line == "}":
            name = None
        elif name is not None and line != "{":
            functions[name].append(line)
        elif "=" in line:
            variables.append(line.split("=")[0])
    return variables, functions


def test_the_service_uses_only_words_that_openrc_0_21_7_knows(repo):
    text = (repo / "openrc" / "usermount.initd").read_text()
    variables, functions = parts(text)
    assert text.startswith("#!/sbin/openrc-run\n")
    assert {"depend", "start", "stop", "status", "retry", "probe"} <= set(functions)
    assert [name for name in variables if not VARIABLES.fullmatch(name)] == []
    assert [line for line in functions.pop("depend") if line.split()[0] not in DEPEND] == []
    unknown = [line for lines in functions.values() for line in lines if word(line) not in WORDS | {"="}]
    assert unknown == []


def test_the_service_never_needs_rpcbind_and_is_before_docker(repo):
    _, functions = parts((repo / "openrc" / "usermount.initd").read_text())
    depend = {}
    for line in functions["depend"]:
        depend.setdefault(line.split()[0], set()).update(line.split()[1:])
    assert depend.get("need", set()) <= {"localmount"}
    assert "rpcbind" in depend["use"] and {"rpcbind", "transfused"} <= depend["after"]
    assert {"docker", "containerd"} <= depend["before"]
