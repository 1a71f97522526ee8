"""Drawings: a model's diagram as SVG, from its wiring and its layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from osteon.pictures.layout import FONT_SIZE, Box, Layout, Point, key, lines, title_lines
from osteon.pictures.wiring import Arrow, ArrowSign, Node, Wiring

# Okabe and Ito's colours, told apart by colour-blind readers; heads differ besides.
COLOURS: Mapping[ArrowSign, str] = {
    "raises": "#0072B2",
    "lowers": "#D55E00",
    "both ways": "#7A5195",
    "turns into": "#222222",
}
"""Colour of each kind of arrow."""
_WORDS: Mapping[ArrowSign, str] = {
    "raises": "raises",
    "lowers": "lowers",
    "both ways": "raises or lowers, by state",
    "turns into": "turns into",
}
_HEADS: Mapping[ArrowSign, str] = {
    "raises": '<path d="M0,0 L9,4 L0,8 z" fill="{colour}"/>',
    "lowers": '<path d="M8,-1 L8,9" stroke="{colour}" stroke-width="2.6"/>',
    "both ways": '<path d="M0,4 L4.5,0 L9,4 L4.5,8 z" fill="{colour}"/>',
    "turns into": '<path d="M0,0 L9,4 L0,8 L2.5,4 z" fill="{colour}"/>',
}
_MARGIN, _TITLE, _LEGEND, _LEAST = 24.0, 34.0, 56.0, 620.0
_TINTS = ("#EAF3FA", "#FDF1E7", "#E8F5EF", "#F8EEF5", "#FDF7DF")


def svg(wiring: Wiring, layout: Layout, title: str, reactions: Mapping[str, str]) -> str:
    """Return the diagram of a model.

    Args:
        wiring: what is drawn.
        layout: where; of this very wiring.
        title: of the whole picture.
        reactions: display name of each reaction, for the notes that show when one points at something.
    """
    width = max(layout.width, _LEAST) + 2 * _MARGIN
    height = layout.height + 2 * _MARGIN + _TITLE + _LEGEND
    shift = ((width - layout.width) / 2, _MARGIN + _TITLE)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="{FONT_SIZE}" role="img">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#FFFFFF"/>',
        f"<defs>{''.join(_heads())}</defs>",
        f'<text x="{width / 2:.0f}" y="{_MARGIN + 8:.0f}" text-anchor="middle" font-size="17">{escape(title)}</text>',
        f'<g transform="translate({shift[0]:.1f} {shift[1]:.1f})">',
        *_frames(layout, wiring),
        *(_arrow(arrow, layout, reactions) for arrow in wiring.arrows),
        *(_node(node, layout.boxes[node.id], wiring, reactions) for node in wiring.nodes),
        "</g>",
        *_legend({arrow.sign for arrow in wiring.arrows}, wiring, width, height - _LEGEND + 12),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _heads() -> Iterator[str]:
    for sign, shape in _HEADS.items():
        tip = 11 if sign == "lowers" else 8.5
        yield (
            f'<marker id="{sign.replace(" ", "-")}" viewBox="-1 -2 12 12" refX="{tip}" refY="4" markerWidth="11" '
            f'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
            f"{shape.format(colour=COLOURS[sign])}</marker>"
        )


def _frames(layout: Layout, wiring: Wiring) -> Iterator[str]:
    for number, (name, box) in enumerate(sorted(layout.groups.items())):
        yield f"<rect {_shape(box)} rx='10' fill='{_TINTS[number % len(_TINTS)]}'/>"
        label = wiring.titles.get(name, name)
        for line, words in enumerate(title_lines(label)):
            y = box.y + 18 + line * FONT_SIZE * 1.25
            yield f'<text x="{box.x + 10:.1f}" y="{y:.1f}" font-weight="bold" fill="#444444">{escape(words)}</text>'


def _arrow(arrow: Arrow, layout: Layout, reactions: Mapping[str, str]) -> str:
    head = "" if arrow.sign == "turns into" and arrow.target in reactions else f"url(#{arrow.sign.replace(' ', '-')})"
    through = "; ".join(reactions[name] for name in arrow.reactions)
    note = f"{arrow.source} {_WORDS[arrow.sign]} {arrow.target}" + (f" ({through})" if through else "")
    return (
        f'<path d="{path(layout.curves[key(arrow)])}" fill="none" stroke="{COLOURS[arrow.sign]}" '
        f'stroke-width="{2.2 if arrow.sign == "turns into" else 1.5}" marker-end="{head or "none"}">'
        f"<title>{escape(note)}</title></path>"
    )


def path(points: tuple[Point, ...]) -> str:
    """Return a curve as SVG writes it."""
    first, *rest = (f"{x:g},{y:g}" for x, y in points)
    return f"M{first} C{' '.join(rest)}"


def _node(node: Node, box: Box, wiring: Wiring, reactions: Mapping[str, str]) -> str:
    own = "; ".join(reactions[name] for name in wiring.own.get(node.id, ()))
    note = f"{node.id}: {node.label}" + (f" ({own})" if own else "")
    style = {
        "species": 'rx="8" fill="#FFFFFF" stroke="#333333" stroke-width="1.4"',
        "rule": f'rx="{box.height / 2:.1f}" fill="#F2F2F2" stroke="#8A8A8A" stroke-dasharray="4 2"',
        "conversion": 'fill="#FFFFFF" stroke="#222222" stroke-width="0.8"',
    }[node.kind]
    middle, top = box.middle
    text = lines(node.label)
    first = top - (len(text) - 1) * FONT_SIZE * 0.6 + FONT_SIZE * 0.35
    spans = "".join(
        f'<tspan x="{middle:.1f}" y="{first + number * FONT_SIZE * 1.2:.1f}">{escape(line)}</tspan>'
        for number, line in enumerate(text)
    )
    slant = "" if node.kind == "species" else ' font-style="italic" fill="#333333"'
    return (
        f"<g><title>{escape(note)}</title><rect {_shape(box)} {style}/>"
        f'<text text-anchor="middle"{slant}>{spans}</text></g>'
    )


def _shape(box: Box) -> str:
    return f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'


def _legend(signs: set[ArrowSign], wiring: Wiring, width: float, top: float) -> Iterator[str]:
    x, y = _MARGIN, top + 14
    for sign in (sign for sign in COLOURS if sign in signs):
        colour = COLOURS[sign]
        yield (
            f'<path d="M{x:.0f},{y:.0f} h34" stroke="{colour}" stroke-width="1.8" fill="none" '
            f'marker-end="url(#{sign.replace(" ", "-")})"/>'
            f'<text x="{x + 42:.0f}" y="{y + 4:.0f}">{_WORDS[sign]}</text>'
        )
        x += 58 + 6.2 * len(_WORDS[sign])
    shapes = [("species", "species", 'rx="5" fill="#FFFFFF" stroke="#333333" stroke-width="1.4"')]
    if any(node.kind == "rule" for node in wiring.nodes):
        shapes.append(
            ("rule", "computed at each instant", 'rx="7" fill="#F2F2F2" stroke="#8A8A8A" stroke-dasharray="4 2"')
        )
    for _, word, style in shapes:
        yield f'<rect x="{x:.0f}" y="{y - 7:.0f}" width="26" height="14" {style}/>'
        yield f'<text x="{x + 33:.0f}" y="{y + 4:.0f}">{word}</text>'
        x += 48 + 6.2 * len(word)
    yield (
        f'<text x="{_MARGIN:.0f}" y="{y + 26:.0f}" font-size="10" fill="#555555">'
        "Losses of a species by itself are not drawn; point at a box or an arrow to read its reactions.</text>"
    )
