"""Why something was not fetched: each code with its sentence."""

from flask_babel import lazy_gettext as _l

SENTENCES = {
    "off": _l("Fetching is switched off on this hub. An administrator can switch it on."),
    "not_an_address": _l("This is not an address that can be fetched. It begins with https:// or http://."),
    "signed_in_address": _l("Addresses that hold a user name or a password are not used."),
    "port": _l("Only the usual ports are used, not port %(detail)s."),
    "no_such_host": _l("There is no %(detail)s to be found. Check the address."),
    "not_public": _l(
        "%(detail)s does not lie on the public internet, so the hub does not ask it. If it is your own, an "
        "administrator can allow it."
    ),
    "unreachable": _l("%(detail)s cannot be reached at the moment."),
    "certificate": _l("The certificate of %(detail)s is not one that can be trusted."),
    "too_slow": _l("%(detail)s took too long to answer."),
    "too_large": _l("What lies there is larger than we fetch (%(detail)s MB)."),
    "too_many_redirects": _l("The address leads from one to another without an end."),
    "to_plain_http": _l("The address leads from a protected one (https) to one that is not."),
    "encoded": _l("%(detail)s answered in a way that we do not read."),
    "status": _l("It answered with the code %(detail)s."),
}


class NotFetched(Exception):
    """Nothing was fetched. `reason`: a key of SENTENCES; `detail`: a fact for the sentence."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail

    @property
    def sentence(self) -> str:
        return sentence_of(self.reason, self.detail)


def sentence_of(reason: str, detail: str = "") -> str:
    return str(SENTENCES[reason]) % {"detail": detail}
