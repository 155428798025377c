# SPDX-License-Identifier: MIT
"""Reads what the guest leaves on its disk: usermount.log (logfmt), and docker-start (moby/usr/lib/guest/record)."""

import datetime
import re
from dataclasses import dataclass, field

PAIR = re.compile(r'(\w[\w.-]*)=("(?:[^"\\]|\\.)*"|\S*)')


def usermount(text):
    """One dict per line, values unquoted; `line` is the line itself."""
    return [dict(_pairs(line), line=line) for line in text.splitlines() if line.strip()]


def _pairs(line):
    for key, value in PAIR.findall(line):
        yield key, re.sub(r'\\(.)', r"\1", value[1:-1]) if value.startswith('"') else value


def moment(text):
    """A time stamp as seconds; the nanoseconds of docker-start's and the milliseconds of usermount.log's alike."""
    whole, _, part = text.rstrip("Z").partition(".")
    base = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return base.timestamp() + float(f"0.{part or 0}")


@dataclass
class DockerStart:
    boot: str
    uptime: float
    utc: str
    mounts: list = field(default_factory=list)    # lines of /proc/mounts
    services: list = field(default_factory=list)  # started before docker, in their order
    sees: list = field(default_factory=list)      # paths below /Users

    def mount_of(self, target):
        """The options of what is mounted there, and its type and source; None when nothing is."""
        for line in reversed(self.mounts):
            source, where, kind, options = line.split()[:4]
            if where == target:
                return {"source": source, "type": kind, "options": options.split(",")}
        return None


def docker_starts(text):
    """The records of complete starts, oldest first."""
    records = []
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "start":
            values = dict(pair.split("=", 1) for pair in rest.split())
            records.append(DockerStart(values["boot"], float(values["uptime"]), values["utc"]))
        elif word in ("mount", "service", "sees") and records:
            getattr(records[-1], {"mount": "mounts", "service": "services", "sees": "sees"}[word]).append(rest)
    return records
