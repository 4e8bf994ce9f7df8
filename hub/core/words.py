"""What the codes that rows hold are called on pages, in one place: `words("sector", "health")`.

In templates: {{ byline.sector|in_words("sector") }}; in forms: choices=choices("sector").
"""

from flask_babel import lazy_gettext as _
from wtforms import SelectChoice

WORDS = {
    "sector": {
        "central_government": _("central government"),
        "local_government": _("local government"),
        "health": _("health"),
        "police_fire": _("police and fire"),
        "politics": _("politics"),
        "university": _("university"),
        "third_sector": _("third sector"),
        "supplier": _("supplier"),
        "public": _("member of the public"),
    },
    "profession": {
        "records": _("records management"),
        "information_governance": _("information governance"),
        "archives": _("archives"),
        "digital": _("digital services"),
        "communications": _("communications"),
        "technology": _("technology"),
        "other": _("other work"),
    },
    "visibility": {
        "public": _("Open to all readers"),
        "part_open": _("Open in part: its talk is for members"),
        "listed": _("For members"),
        "hidden": _("Hidden: only members know of it"),
    },
    "joining": {
        "open": _("Anyone can join"),
        "on_request": _("Joining is on request"),
        "by_invitation": _("Joining is by invitation"),
    },
    "role": {
        "member": _("member"),
        "moderator": _("moderator"),
        "owner": _("owner"),
    },
    "place": {
        "scotland": _("Scotland"),
        "england_wales": _("England and Wales"),
        "northern_ireland": _("Northern Ireland"),
        "uk": _("the UK"),
        "elsewhere": _("elsewhere"),
    },
    "kind": {
        "discussion": _("Discussion"),
        "question": _("Question"),
        "guidance": _("Guidance"),
        "archived": _("Archived post"),
        "example": _("Example"),
    },
    "kinds": {
        "discussion": _("discussions"),
        "question": _("questions"),
        "guidance": _("guidance"),
        "example": _("examples"),
        "archived": _("archived posts"),
    },
    # What a message is for, and what becomes of it.
    "mail": {
        "account.confirm": _("Confirming an address"),
        "account.known": _("Registering an address that is known"),
        "account.recover": _("A new password"),
        "account.change_email": _("A new address"),
        "account.changed": _("An account was changed"),
        "group.invitation": _("An invitation to a group"),
        "group.request_accepted": _("A request to join was accepted"),
        "group.request_declined": _("A request to join was declined"),
        "guidance_due": _("Guidance needs review"),
        "guidance_returned": _("Guidance was not published yet"),
        "guidance_published": _("Guidance was published"),
        "guidance_derived": _("An answer became guidance"),
        "example_gone": _("An example is gone from guidance"),
        "example_brought": _("An example came along to guidance"),
        "log_checkpoints": _("The day's checkpoints, for a witness"),
        "webhook_paused": _("A webhook was paused"),
        "watch_noticed": _("Told of an edit or a disappearance"),
        "watch_silent": _("A watched address cannot be seen"),
        "approval.asked": _("Asked for approval"),
        "approval.decided": _("What was decided about a request"),
        "collection.offered": _("Offered a collection to keep"),
        "collection.accepted": _("A collection's new keeper"),
        "collection.orphaned": _("A keeper's account was closed"),
        "collection.approver": _("Named as a collection's approver, or no longer"),
        "sealed.asked": _("Asked for a sealed collection"),
        "sealed.decided": _("What was decided about a sealed collection"),
        "retention_due": _("Archived posts are due"),
        "digest": _("Digest"),
        "instant": _("A post, told at once"),
        "digest.confirm": _("Confirming a subscription"),
        "subscriptions.links": _("New links in mail"),
        "notice": _("Told of an answer or mention"),
        "mail_answer": _("Told what became of a message"),
        "report.answer": _("What was decided about a report"),
        "report.takedown": _("Asked for an example to be taken down"),
        "report.withdrawn": _("Told of a withdrawal"),
        "report.decided": _("What was decided about a withdrawal"),
    },
    "mail_state": {
        "queued": _("Waiting"),
        "sending": _("Being sent"),
        "sent": _("Sent"),
        "uncertain": _("Uncertain"),
        "failed": _("Failed"),
        "dropped": _("Not needed"),
    },
    "mail_count": {
        "delivered": _("Delivered"),
        "deferred": _("Put off"),
        "refused": _("Refused"),
        "bounced": _("Came back"),
        "complained": _("Called unwanted"),
        "ended": _("Subscriptions ended"),
    },
    "mail_address": {
        "gone": _("No such mailbox"),
        "stopped": _("Stopped after failures"),
        "failing": _("Failed lately"),
        "complained": _("Called our mail unwanted"),
    },
}


def words(code: str, vocabulary: str) -> str:
    """What `code` is called; nothing for none, and a code that has no words as it is, made readable."""
    known = WORDS[vocabulary]
    return str(known[code]) if code in known else (code or "").replace("_", " ")


def choices(vocabulary: str) -> list[SelectChoice]:
    """All codes with their words for a form, translated when it is shown."""
    return [SelectChoice(code, words) for code, words in WORDS[vocabulary].items()]
