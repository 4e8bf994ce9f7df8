"""Draws the sample channel's pictures: plain notices and bar charts, small PNG files."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from .channel import Picture

SIZE = (800, 450)
MARGIN = 48
PAPER, INK, ACCENT, QUIET = "#f6f3ec", "#22242a", "#1f4e5f", "#d7d0c0"


@cache
def draw(picture: Picture, signature: str) -> bytes:
    """The picture as a PNG file, signed in its corner; the same bytes each time on the same machine."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 14), fill=ACCENT)
    pen.text((MARGIN, MARGIN), picture.title, fill=INK, font=_font(44))
    if picture.kind == "chart":
        _bars(pen, picture.bars)
    else:
        for row, line in enumerate(picture.lines):
            pen.text((MARGIN, 150 + 56 * row), line, fill=INK, font=_font(30))
    pen.text((MARGIN, SIZE[1] - 52), signature, fill=ACCENT, font=_font(24))
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bars(pen: ImageDraw.ImageDraw, bars: tuple[tuple[str, int], ...]) -> None:
    most = max(number for _name, number in bars)
    left, width = MARGIN + 130, SIZE[0] - 2 * MARGIN - 230
    for row, (name, number) in enumerate(bars):
        top = 150 + 72 * row
        pen.text((MARGIN, top + 8), name, fill=INK, font=_font(26))
        pen.rectangle((left, top, left + width, top + 46), fill=QUIET)
        pen.rectangle((left, top, left + max(3, width * number // most), top + 46), fill=ACCENT)
        pen.text((left + width + 16, top + 8), f"{number:,}", fill=INK, font=_font(26))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
