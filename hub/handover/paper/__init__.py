"""Papers: documents of plain blocks, shown as a page or printed as a tagged PDF, the same in both."""

from .blocks import Block, Facts, Heading, Notice, Paper, Picture, Quote, Run, Signature, Steps, Table, Text
from .printing import print_pdf

__all__ = [
    "Block", "Facts", "Heading", "Notice", "Paper", "Picture", "Quote", "Run", "Signature", "Steps", "Table",
    "Text", "print_pdf",
]  # fmt: skip
