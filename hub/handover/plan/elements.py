"""The fifteen elements, as the Keeper of the Records of Scotland names them, and what the hub cannot tell of
each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Element:
    number: int
    name: Any  # lazily translated
    cannot_tell: Any


ELEMENTS = (
    Element(
        1, _l("Senior management responsibility"),
        _l("Who is responsible at senior level. Name them in the plan."),
    ),
    Element(
        2, _l("Records manager responsibility"),
        _l("Whether a keeper is the authority's records manager, or answers to them."),
    ),
    Element(
        3, _l("Records management policy statement"),
        _l("Whether the authority's policy names social media. Give the policy itself as evidence."),
    ),
    Element(
        4, _l("Business classification"),
        _l("Whether the classes are those of the authority's own scheme."),
    ),
    Element(
        5, _l("Retention schedules"),
        _l("Whether the authority has approved the schedule that was loaded."),
    ),
    Element(
        6, _l("Destruction arrangements"),
        _l("What becomes of copies that left the hub, of backups kept elsewhere, and of what the platforms "
            "hold."),
    ),
    Element(
        7, _l("Archiving and transfer arrangements"),
        _l("Whether an archive has agreed to take the records, and whether what was handed over arrived "
            "there."),
    ),
    Element(
        8, _l("Information security"),
        _l("How the machine that the hub runs on is protected, and who else can reach it."),
    ),
    Element(
        9, _l("Data protection"),
        _l("The lawful basis, the assessment of impact, and the authority's registration with the "
            "Commissioner."),
    ),
    Element(
        10, _l("Business continuity and vital records"),
        _l("Where backups are kept, and whether one was ever restored to try it."),
    ),
    Element(
        11, _l("Audit trail"),
        _l("What was done with a post on its platform before it was first kept."),
    ),
    Element(
        12, _l("Competency framework for records management staff"),
        _l("What keepers have learnt. The hub knows nothing of training."),
    ),
    Element(
        13, _l("Assessment and review"),
        _l("Whether the authority reviews its plan, and what came of it."),
    ),
    Element(
        14, _l("Shared information"),
        _l("The agreements under which records are shared."),
    ),
    Element(
        15, _l("Public records created or held by third parties"),
        _l(
            "Which accounts are run by others on the authority's behalf, and under what contract. Platforms "
            "hold copies under their own terms."
        ),
    ),
)  # fmt: skip
