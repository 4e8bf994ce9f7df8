"""The sources that a page names, as an editor types them: one a line, a name and then an address."""

from collections.abc import Sequence


def read_sources(text: str) -> list[tuple[str, str]]:
    """(name, address) pairs; the address is "" where the line has none. A bare address is its own name."""
    sources = []
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        address = words.pop() if words[-1].startswith(("https://", "http://")) else ""
        sources.append((" ".join(words) or address, address))
    return sources


def write_sources(sources: Sequence[tuple[str, str]]) -> str:
    """The same as an editor would type them."""
    return "\n".join(name if name == address else f"{name} {address}".strip() for name, address in sources)
