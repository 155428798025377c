# SPDX-License-Identifier: MIT
"""Plain SVG figures, no library: bars side by side, and lines over a logarithmic or linear axis."""

import math
from html import escape

WIDTH, LEFT, RIGHT, ROW, FONT = 860, 330, 80, 22, "font-family='sans-serif' font-size='12'"
COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#8d6a9f", "#b08900", "#5c677d", "#2a9d8f", "#9b2226")


def _svg(height, title, parts):
    head = (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}' {FONT}>"
            f"<title>{escape(title)}</title><rect width='100%' height='100%' fill='white'/>"
            f"<text x='10' y='20' font-weight='bold'>{escape(title)}</text>")
    return "\n".join([head, "<!-- SPDX-License-Identifier: MIT -->", *parts, "</svg>", ""])


def _text(x, y, text, anchor="start", colour="#222"):
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour}'>{escape(str(text))}</text>"


def bars(title, values, unit, ours=(), log=False):
    """Horizontal bars. values: name -> (median, least, most); the spread is a thin line. `ours` are drawn in colour."""
    room = WIDTH - LEFT - RIGHT
    most = max(top for _, _, top in values.values())
    least = min(mid for mid, _, _ in values.values())
    floor = 10 ** math.floor(math.log10(least)) / 2 if log else 0

    def place(value):
        if log:
            return LEFT + room * max(0, math.log10(max(value, floor) / floor)) / math.log10(most / floor)
        return LEFT + room * value / most

    parts = [_text(WIDTH - 10, 20, unit + (", logarithmic" if log else ""), "end", "#666")]
    for number, (name, (mid, low, high)) in enumerate(values.items()):
        y = 36 + number * ROW
        colour = COLOURS[0] if name in ours else "#9aa5b1"
        parts.append(_text(LEFT - 8, y + 13, name, "end"))
        parts.append(f"<rect x='{LEFT}' y='{y}' width='{max(1, place(mid) - LEFT):.1f}' height='{ROW - 6}' fill='{colour}'/>")
        parts.append(f"<line x1='{place(low):.1f}' x2='{place(high):.1f}' y1='{y + 8}' y2='{y + 8}' stroke='#222'/>")
        parts.append(_text(place(high) + 6, y + 13, f"{mid:.0f}" if mid >= 100 else f"{mid:.3g}"))
    return _svg(44 + len(values) * ROW, title, parts)


def _axis(values, log):
    low, high = min(values), max(values)
    if log:
        low = 10 ** math.floor(math.log10(low))
        high = max(10 * low, 10 ** math.ceil(math.log10(high)))
        ticks = [10 ** n for n in range(round(math.log10(low)), round(math.log10(high)) + 1)]
        return lambda v: math.log10(v / low) / math.log10(high / low), ticks
    high = high or 1
    step = 10 ** math.floor(math.log10(high)) / 2
    ticks = [step * n for n in range(int(high / step) + 1)]
    return lambda v: v / high, ticks


def lines(title, series, x_label, y_label, log_x=True, log_y=True):
    """series: name -> [(x, y)]. The name stands in a legend on the right, in the line's colour."""
    height, left, right, top, bottom = 340, 70, 300, 44, 50
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    (fx, x_ticks), (fy, y_ticks) = _axis(xs, log_x), _axis(ys, log_y)

    def px(x):
        return left + (WIDTH - left - right) * fx(x)

    def py(y):
        return height - bottom - (height - top - bottom) * fy(y)

    parts = []
    for tick in x_ticks:
        parts.append(f"<line x1='{px(tick):.1f}' x2='{px(tick):.1f}' y1='{top}' y2='{height - bottom}' stroke='#ddd'/>")
        parts.append(_text(px(tick), height - bottom + 16, f"{tick:g}", "middle", "#666"))
    for tick in y_ticks:
        parts.append(f"<line x1='{left}' x2='{WIDTH - right}' y1='{py(tick):.1f}' y2='{py(tick):.1f}' stroke='#ddd'/>")
        parts.append(_text(left - 6, py(tick) + 4, f"{tick:g}", "end", "#666"))
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in sorted(points))
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
        parts += [f"<circle cx='{px(x):.1f}' cy='{py(y):.1f}' r='3' fill='{colour}'/>" for x, y in points]
        parts.append(_text(WIDTH - right + 10, top + 10 + number * 18, name, colour=colour))
    parts.append(_text((left + WIDTH - right) / 2, height - 12, x_label, "middle"))
    parts.append(_text(10, 34, y_label, colour="#666"))
    return _svg(height, title, parts)
