"""What people do with guidance pages. Actor first; the policy is asked; nothing commits."""

from .publishing import mark_checked, mark_needs_review, publish, supersede
from .reviewing import return_to_draft, send_for_review
from .revising import Meanwhile, revert_to, revise
from .starting import credit, guidance_from_answer, made_from, start_guidance

__all__ = [
    "Meanwhile",
    "credit",
    "guidance_from_answer",
    "made_from",
    "mark_checked",
    "mark_needs_review",
    "publish",
    "return_to_draft",
    "revert_to",
    "revise",
    "send_for_review",
    "start_guidance",
    "supersede",
]
