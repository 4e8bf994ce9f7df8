"""Time stamps on checkpoints (RFC 3161): an authority outside of the hub says that it saw one at a time.

The stamp is over the whole signed note. It is checked when it arrives and at every verification, against the
authority's own certificates where they are set; without them, that it is a stamp of that very note.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import urllib3
from cryptography.x509 import (
    DirectoryName,
    Name,
    NameOID,
    load_der_x509_certificate,
    load_pem_x509_certificates,
)
from flask import current_app
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

# An answer holds a signature and some certificates.
LARGEST_ANSWER = 64 * 1024
SECONDS = 20
# What a certificate calls whoever holds it, in the order in which people would.
CALLED = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)


class NotStamped(Exception):
    """Why there is no time stamp: asked again later."""


def is_wanted() -> bool:
    """Whether a time-stamping authority is set."""
    return bool(current_app.extensions["settings"].timestamp_url)


def ask(note: str) -> tuple[bytes, datetime]:
    """A time stamp of a checkpoint from the authority that is set, and the time it vouches for.

    Raises NotStamped. Takes seconds: never call it within a transaction.
    """
    request = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _send(current_app.extensions["settings"].timestamp_url, request.as_bytes())
    try:
        response = decode_timestamp_response(answer)
        _check(response, note, nonce=request.nonce)
    except (ValueError, VerificationError) as problem:
        raise NotStamped(f"The time-stamping authority's answer does not hold: {problem}") from problem
    return answer, response.tst_info.gen_time


def is_of(stamp: bytes, note: str) -> bool:
    """Whether it is a time stamp of that checkpoint."""
    try:
        _check(decode_timestamp_response(stamp), note)
    except (ValueError, VerificationError):
        return False
    return True


def by_whom(stamp: bytes) -> str:
    """What the authority that gave a stamp calls itself in it, or in the certificate it signed with; ""
    where neither says."""
    try:
        response = decode_timestamp_response(stamp)
        said = response.tst_info.name
        if isinstance(said, DirectoryName):
            return _called(said.value)
        signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
        certificates = map(load_der_x509_certificate, response.signed_data.certificates)
        return next(
            (_called(one.subject) for one in certificates if (one.issuer, one.serial_number) in signers), ""
        )
    except ValueError:
        return ""


def _called(name: Name) -> str:
    """The name of a unit or machine, with its organisation where that says more."""
    parts = [str(one.value) for oid in CALLED for one in name.get_attributes_for_oid(oid)[:1]]
    return ", ".join(dict.fromkeys(parts)) or name.rfc4514_string()


def _send(url: str, request: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        answer = urllib3.request(
            "POST", url, body=request, headers=headers, timeout=SECONDS, retries=False, redirect=False,
            preload_content=False,
        )  # fmt: skip
        body: bytes = answer.read(LARGEST_ANSWER + 1)
        answer.release_conn()
    except urllib3.exceptions.HTTPError as problem:
        raise NotStamped(f"The time-stamping authority cannot be reached: {problem}") from problem
    if answer.status != 200 or len(body) > LARGEST_ANSWER:
        raise NotStamped(f"The time-stamping authority answered with {answer.status}, {len(body)} bytes.")
    return body


def _check(response: TimeStampResponse, note: str, nonce: int | None = None) -> None:
    """Raises VerificationError."""
    roots = current_app.extensions["settings"].timestamp_roots
    if roots:
        builder = VerifierBuilder(nonce=nonce)
        for certificate in load_pem_x509_certificates(Path(roots).read_bytes()):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(response, note.encode())
        return
    if response.tst_info.message_imprint.message != hashlib.sha256(note.encode()).digest():
        raise VerificationError("It is a stamp of something else.")
    if nonce is not None and response.tst_info.nonce != nonce:
        raise VerificationError("It answers another question.")
