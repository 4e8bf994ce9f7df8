"""The last gate: only what is on these lists leaves the renderer."""

import nh3

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6"),
    *("strong", "em", "del", "code", "pre", "sup", "span", "a", "img"),
    *("ul", "ol", "li", "blockquote", "figure", "figcaption", "details", "summary", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "title", "rel", "id"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "th": {"scope"},
    "li": {"id"},
    "sup": {"id"},
    "div": {"tabindex"},
    "pre": {"tabindex"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
CLASSES = {
    "a": {"mention", "footnote-ref", "footnote-backref"},
    "figure": {"quote"},
    "div": {"footnotes", "table-responsive"},
    "span": {"task", "task-done"},
    "li": {"task-item"},
    "pre": {"as-typed"},
    "th": {"text-end", "text-center"},
    "td": {"text-end", "text-center"},
}
SCHEMES = {"http", "https", "mailto"}


def clean(html: str) -> str:
    """`html` without anything that is not allowed by name. Text always stays."""
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=set(),
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel=None,  # set for links that leave the hub, in shape.py
    )
