"""What the codes of this room are called on pages."""

from flask_babel import lazy_gettext as _

WHY = {
    "private": _("It tells something private about somebody"),
    "unlawful": _("It breaks the law, or somebody's rights"),
    "abuse": _("It is abusive, or attacks somebody"),
    "wrong": _("It is wrong, out of date or misleading"),
    "spam": _("It is advertising"),
    "other": _("Something else"),
}

RELATION = {
    "shown": _("I am shown in it, or it is my post"),
    "acts_for": _("I act for somebody who is shown in it"),
    "other": _("I am somebody else"),
}

# What the log says of what was done.
DONE = {
    "report.kept": _("decided that it stands"),
    "report.removed": _("decided that it stays out of sight"),
    "item.withdrawn": _("withdrew"),
    "item.restored": _("put back"),
    "post.withdrawn": _("withdrew a post in"),
    "post.restored": _("put back a post in"),
    "item.closed": _("closed to new posts"),
    "item.reopened": _("opened to new posts again"),
    "item.retitled": _("gave a new title to"),
    "guidance.published": _("published"),
    "guidance.checked": _("checked"),
    "guidance.needs_review": _("said that it needs review"),
    "guidance.returned": _("gave back to be worked on"),
    "guidance.superseded": _("said what takes the place of"),
    "group.visibility": _("changed who may read the group"),
    "group.approve_request": _("let somebody into the group"),
    "group.decline_request": _("declined somebody's request to join"),
    "group.set_role": _("changed somebody's role"),
    "group.remove_member": _("took somebody out of the group"),
    "group.read": _("began to read the group as an administrator"),
    "example.attach": _("attached an example"),
    "example.bring": _("brought an example along to guidance"),
    "example.detach": _("took an example off"),
    "example.withdraw": _("withdrew an example in"),
    "example.restore": _("put back an example in"),
    "person.confirm_organisation": _("confirmed somebody's organisation"),
    "person.activate": _("gave somebody their account back"),
    "person.deactivate": _("closed somebody's account"),
    "person.administrator_given": _("made somebody an administrator"),
    "person.administrator_taken": _("made somebody no longer an administrator"),
    "person.set_password": _("set somebody's password"),
    "organisation.set_domain": _("set an organisation's mail domain"),
    "social_account.classify": _("said what kind of holder a social account has"),
    "collection.create": _("began a collection"),
    "collection.import": _("imported into a collection"),
    "collection.cancel_import": _("stopped an import"),
    "collection.add_keeper": _("gave a collection another keeper"),
    "collection.offer": _("offered a collection to somebody to keep"),
    "collection.accept": _("accepted to keep a collection"),
    "collection.decline": _("declined to keep a collection"),
    "collection.close": _("closed a collection"),
    "collection.reopen": _("opened a closed collection again"),
    "collection.end": _("ended a collection of which everything was disposed of"),
    "collection.delete": _("deleted a collection that never held a post"),
    "collection.transfer": _("changed for whom a collection is held"),
    "collection.set_approver": _("changed who approves what leaves a collection"),
    "approval.ask": _("asked for an approval"),
    "approval.approved": _("approved what somebody asked for"),
    "approval.refused": _("refused what somebody asked for"),
    "approval.lapsed": _("let a request lapse that nobody decided"),
    "approval.taken_back": _("took a request back"),
    "hold.place": _("put archived posts on hold"),
    "hold.release": _("released a hold"),
    "schedule.load": _("loaded a retention schedule"),
    "schedule.type_entry": _("added to a retention schedule"),
    "retention.set_class": _("gave archived posts a class"),
    "retention.keep_on": _("kept archived posts on that were due"),
    "disposal.begin": _("had archived posts disposed of"),
    "erasure.begin": _("had archived posts erased by law"),
    "archived_post.erase": _("erased an archived post"),
    "collection.remove_keeper": _("took a keeper off a collection"),
    "mail.sent_again": _("sent a message again"),
    "site.write_page": _("changed a page about this site"),
}


def done(action: str) -> str:
    """The action in words; one without words of its own as it is, made readable."""
    return str(DONE[action]) if action in DONE else action.replace(".", ": ").replace("_", " ")
