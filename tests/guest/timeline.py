# SPDX-License-Identifier: MIT
"""Draws docs/timeline.svg from docs/boot.log: usermount.log of one boot, and when OpenRC had started each service.

usage: timeline.py <boot.log >timeline.svg
"""

import sys
from html import escape

import logs

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 130, 20, 18, 44
PLAIN, OURS, DOCKER, GRID, TEXT = "#9aa5b1", "#2f9e44", "#1c7ed6", "#e0e4e8", "#222222"
FONT = "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\""


def read(text):
    """(services, first, up, docker): [(name, second it was started)] to docker's, the last that matters, as later ones may
    not have been started when the log was read; and three moments. All in seconds since the kernel began."""
    lines = text.splitlines()
    start = next(line for line in lines if line.startswith("start "))
    facts = dict(pair.split("=", 1) for pair in start.split()[1:])
    zero = logs.moment(facts["utc"]) - float(facts["uptime"])
    log = logs.usermount("\n".join(line for line in lines if line.startswith("ts=")))
    up = next(line for line in log if line.get("event") == "up")
    services = []
    for line in lines:
        if line.startswith("started "):
            _, day, clock, _, path = line.split()
            services.append((path.rsplit("/", 1)[1], logs.moment(f"{day}T{clock}") - zero))
    services.sort(key=lambda service: service[1])
    services = services[:1 + next(row for row, (name, _) in enumerate(services) if name == "docker")]
    return services, logs.moment(log[0]["ts"]) - zero, logs.moment(up["ts"]) - zero, float(facts["uptime"])


def svg(text):
    services, first, up, docker = read(text)
    end = max(second for _, second in services)
    height = TOP + ROW * len(services) + 30

    def x(second):
        return round(LEFT + (WIDTH - LEFT - RIGHT) * second / end, 1)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" {FONT}>',
           "<title>One boot: what was started when, and when /Users was mounted</title>",
           f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
           f'<text x="8" y="20" fill="{TEXT}" font-weight="bold">One boot: the kernel, then OpenRC\'s services '
           f"(/Users is mounted {up - first:.2f} s after the agent began)</text>"]
    for second in range(0, int(end) + 1, 2):
        out += [f'<line x1="{x(second)}" y1="{TOP - 8}" x2="{x(second)}" y2="{height - 24}" stroke="{GRID}"/>',
                f'<text x="{x(second)}" y="{height - 8}" fill="{TEXT}" text-anchor="middle">{second} s</text>']
    before = 0.0
    services[0] = (f"kernel, {services[0][0]}", services[0][1])
    for row, (name, second) in enumerate(services):
        y = TOP + ROW * row
        colour = {"usermount": OURS, "docker": DOCKER}.get(name, PLAIN)
        out += [f'<text x="{LEFT - 8}" y="{y + 11}" fill="{TEXT}" text-anchor="end">{escape(name)}</text>',
                f'<rect x="{x(before)}" y="{y}" width="{max(2.0, round(x(second) - x(before), 1))}" height="13" fill="{colour}"/>']
        if name == "usermount":
            out.append(f'<text x="{x(before) - 6}" y="{y + 11}" fill="{OURS}" text-anchor="end">/Users is mounted at {up:.2f} s</text>')
        if name == "docker":
            out.append(f'<text x="{x(before) - 6}" y="{y + 11}" fill="{DOCKER}" text-anchor="end">docker starts at {docker:.2f} s</text>')
        before = second
    return "\n".join([*out, "</svg>"]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(svg(sys.stdin.read()))
