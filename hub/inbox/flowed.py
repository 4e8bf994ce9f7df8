"""Lines that mail programs broke, made whole again."""

import re

# Programs that break lines break them below this.
WIDEST = 80
# A shorter line was ended by whoever wrote it.
NARROWEST = 50

ITEM = re.compile(r"\s*(?:[-*+•·–]|\(?\d{1,3}[.)]|[a-z][.)])\s")
QUOTED = re.compile(r"^(>[> ]*)")


def unflowed(text: str, *, delsp: bool) -> str:
    """The paragraphs of format=flowed (RFC 3676): a line that ends in a space goes on, in the same quote."""
    whole: list[str] = []
    open_at: int | None = None
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if open_at == depth and content != "-- ":
            whole[-1] += content
        else:
            whole.append(f"{'>' * depth} {content}" if depth else content)
        going_on = content.endswith(" ") and content != "-- "
        open_at = depth if going_on else None
        if going_on and delsp:
            whole[-1] = whole[-1][:-1]
    return "\n".join(whole)


def rejoined(text: str) -> str:
    """Without the breaks that a program put in to keep lines short: where the next word would not have
    fitted. Nothing is changed where people's lines are longer than any program breaks them."""
    lines = text.split("\n")
    widest = max(map(len, lines), default=0)
    if not NARROWEST < widest <= WIDEST:
        return text
    whole: list[str] = lines[:1]
    last = lines[0] if lines else ""
    for line in lines[1:]:
        word = line.split(" ", 1)[0]
        broken = (
            len(last) > NARROWEST
            and line.strip()
            and not line[:1].isspace()
            and not ITEM.match(line)
            and QUOTED.match(line) is None
            and QUOTED.match(last) is None
            and len(last) + 1 + len(word) > min(widest, 72)
            and not line.startswith(("#", "```", "|"))
        )
        if broken:
            whole[-1] = f"{whole[-1].rstrip()} {line}"
        else:
            whole.append(line)
        last = line
    return "\n".join(whole)
