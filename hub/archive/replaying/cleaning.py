"""What of a page may be shown again: elements and attributes that are named here, and nothing else.

It is the first of three walls. Behind it stand the policy under which the page is served, which lets it load
nothing and run nothing, and the frame in which it is shown, which has no rights of its own.
"""

from __future__ import annotations

import re

# With all that is in them.
GONE = frozenset(
    {"script", "iframe", "frame", "frameset", "noframes", "object", "embed", "applet", "template", "base",
     "meta", "param", "input", "select", "textarea", "datalist", "option", "optgroup", "portal", "math",
     "foreignobject", "animate", "animatetransform", "animatemotion", "set", "use", "image", "fencedframe"}
)  # fmt: skip

# What stays as it is. What is in neither list leaves what is in it.
KEPT = frozenset(
    {"html", "head", "title", "style", "body", "main", "article", "section", "header", "footer", "nav",
     "aside", "div", "span", "p", "a", "h1", "h2", "h3", "h4", "h5", "h6", "hgroup", "br", "hr", "pre",
     "blockquote", "q", "cite", "code", "kbd", "samp", "var", "em", "strong", "b", "i", "u", "s", "strike",
     "small", "big", "sub", "sup", "mark", "abbr", "address", "time", "data", "del", "ins", "dfn", "bdi",
     "bdo", "ruby", "rb", "rt", "rp", "rtc", "ul", "ol", "li", "dl", "dt", "dd", "menu", "dir", "figure",
     "figcaption", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "img",
     "picture", "video", "audio", "map", "area", "details", "summary", "dialog", "center", "font", "tt",
     "label", "fieldset", "legend", "progress", "meter", "svg", "g", "path", "rect", "circle", "ellipse",
     "line", "polyline", "polygon", "text", "tspan", "defs", "lineargradient", "radialgradient", "stop",
     "clippath", "mask", "symbol", "desc"}
)  # fmt: skip
# Kept for how they look, without what they did.
INSTEAD = {"form": "div", "button": "span"}
# Elements that pages make up; without scripts they are boxes.
MADE_UP = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")

ATTRIBUTES = frozenset(
    {"class", "id", "lang", "dir", "title", "alt", "role", "width", "height", "colspan", "rowspan", "align",
     "valign", "bgcolor", "color", "face", "size", "border", "cellpadding", "cellspacing", "start", "value",
     "datetime", "open", "span", "scope", "headers", "nowrap", "hspace", "vspace", "clear", "type", "media",
     "loop", "muted", "hidden", "tabindex", "d", "viewbox", "fill", "stroke", "stroke-width",
     "stroke-linecap", "stroke-linejoin", "fill-rule", "clip-rule", "fill-opacity", "stroke-opacity",
     "opacity", "transform", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
     "offset", "stop-color", "stop-opacity", "gradientunits", "gradienttransform", "preserveaspectratio",
     "xmlns"}
)  # fmt: skip
PREFIXES = ("aria-", "data-")
# Where in SVG an address can hide as a colour or a mask.
_CALLS = re.compile(r"url\s*\(|\\", re.IGNORECASE)


def is_kept(tag: str) -> bool:
    return tag in KEPT or bool(MADE_UP.fullmatch(tag))


def may_stay(name: str, value: str) -> bool:
    """Whether an attribute stays as it is. Those that load something are written anew by `page`."""
    lower = name.lower()
    known = lower in ATTRIBUTES or (lower.startswith(PREFIXES) and lower.isascii())
    return known and not (lower in ("fill", "stroke") and _CALLS.search(value))
