"""What the codes of this room are called on pages."""

from flask_babel import lazy_gettext as _l

FORMATS = {
    "bag": _l("A bag (BagIt): everything, for an archive, a records system or another hub"),
    "tables": _l("Tables (CSV), for SharePoint, an archive or a customer system"),
    "activitystreams": _l("JSON of ActivityStreams, for other social software"),
    "disclosure": _l("A disclosure: redacted, for a request for information"),
    "certificate": _l("A certificate, in words that a tribunal or an auditor can read"),
}

# In a list, in a word or two.
SHORT = {
    "bag": _l("Bag"),
    "tables": _l("Tables"),
    "activitystreams": _l("ActivityStreams"),
    "disclosure": _l("Disclosure"),
    "certificate": _l("Certificate"),
}

STATES = {
    "draft": ("open", _l("Being redacted")),
    "asked": ("open", _l("Waiting for the approver")),
    "waiting": ("open", _l("Waiting for its turn")),
    "making": ("open", _l("Being made")),
    "done": ("verified", _l("Ready")),
    "failed": ("overdue", _l("Not made")),
    "stopped": ("closed", _l("Stopped")),
    "gone": ("closed", _l("Its files are deleted")),
}

PROBLEMS = {
    "nothing": _l(
        "No post was left to hand over: those that were chosen are no longer there, or no longer yours."
    ),
    "not_yours": _l("Whoever asked for it no longer keeps this collection, so nothing was made."),
    "lost": _l(
        "Bytes that the hub holds are missing or were changed (%(detail)s), so nothing was made: what is "
        "handed over must be whole. Tell an administrator; `hub check` says more."
    ),
    "not_valid": _l(
        "What was made did not stand its own check (%(detail)s), so it was thrown away. Tell an "
        "administrator."
    ),
    "too_many": _l(
        "A paper holds up to %(detail)s posts, and this is more. Narrow the choice, or hand over a bag or "
        "tables."
    ),
    "not_agreed": _l("The approver did not agree, or was not asked any more, so nothing was made."),
    "trouble": _l("Something went wrong on our side, again and again, so we stopped. Tell an administrator."),
}

REDACTED = {
    "passage": _l("A passage"),
    "picture": _l("A picture or film"),
    "post": _l("A whole post"),
    "names": _l("Names and handles of private people"),
    "pictures_of_people": _l("Pictures and films of private people's posts"),
    "places": _l("Places of pictures that are covered"),
}

# What keepers most often rely on; they may write another.
EXEMPTIONS = (
    _l("FOISA s.38(1)(b): personal information"),
    _l("FOISA s.30(c): prejudice to the effective conduct of public affairs"),
    _l("FOISA s.33(1)(b): commercial interests"),
    _l("FOISA s.36: confidentiality"),
    _l("FOISA s.39(1): health and safety"),
    _l("FOIA s.40(2): personal information"),
    _l("FOIA s.41: information provided in confidence"),
    _l("EI(S)R regulation 11: personal data"),
    _l("EIR regulation 13: personal data"),
)


def problem_sentence(problem: str, detail: str = "") -> str:
    return str(PROBLEMS[problem]) % {"detail": detail} if problem in PROBLEMS else problem
