"""Whether a message is from whom it says it is.

A reply names a signed address that only its recipient was mailed: that is the first proof, the sender's
address the second. The third is what the organisation's own mail server found out (RFC 8601). Only what was
written under its name counts: anybody can write such a header, and it removes those of others (RFC 8601, 5).
"""

from email.message import Message

import authres
from authres import AuthResError

PROVEN, FORGED, UNKNOWN = "proven", "forged", "unknown"

# Two letters before these are no organisation: example.gov.uk is one, gov.uk is not.
SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "gov", "ltd", "me", "mod", "net", "nhs", "org", "plc", "police", "sch"}
)


def judged(message: Message, from_address: str, authserv_id: str) -> str:
    """What the server of that name says: proven, forged, or unknown when it says nothing of use (or none is
    trusted)."""
    if not authserv_id or not from_address:
        return UNKNOWN
    results = _results(message, authserv_id.lower())
    domain = from_address.rpartition("@")[2].lower()
    dmarc = results.get("dmarc", [])
    if any(found == "fail" for found, _domain in dmarc):
        return FORGED
    if any(found == "pass" and same_organisation(said or domain, domain) for found, said in dmarc):
        return PROVEN
    signed = [*results.get("dkim", []), *results.get("spf", [])]
    if any(found == "pass" and same_organisation(said, domain) for found, said in signed):
        return PROVEN
    return UNKNOWN


def same_organisation(one: str, other: str) -> bool:
    """Whether two domains belong together, as DMARC means it when it is relaxed."""
    return bool(one) and _organisation(one.lower()) == _organisation(other.lower())


def _organisation(domain: str) -> str:
    labels = domain.strip(".").split(".")
    own = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL else 2
    return ".".join(labels[-own:])


def _results(message: Message, authserv_id: str) -> dict[str, list[tuple[str, str]]]:
    """What our server found: for each method, (result, domain). Only the first header that tells of a method
    counts, and none below the first line of another server: what came with the message stands there."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value in message.items():
        if name.lower() == "received" and found:
            break
        if name.lower() != "authentication-results":
            continue
        try:
            header = authres.AuthenticationResultsHeader.parse_value(" ".join(str(value).split()))
        except (AuthResError, ValueError, IndexError, AttributeError):
            continue
        if str(header.authserv_id or "").lower() != authserv_id:
            continue
        told: dict[str, list[tuple[str, str]]] = {}
        for result in header.results:
            told.setdefault(str(result.method).lower(), []).append(
                (str(result.result).lower(), _domain(result))
            )
        found = {**told, **found}
    return found


def _domain(result: object) -> str:
    """The domain that a result is about: of the signature, of the envelope, of the From."""
    for name in ("header_d", "smtp_mailfrom", "header_from", "header_i"):
        if said := getattr(result, name, None):
            return str(said).rpartition("@")[2].lower()
    for one in getattr(result, "properties", []):
        if (one.type, one.name) in {("header", "d"), ("smtp", "mailfrom"), ("header", "from")}:
            return str(one.value).rpartition("@")[2].lower()
    return ""
