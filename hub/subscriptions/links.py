"""Signed links that stand in mail. Each is good for one purpose and names a subscriber by their token."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from hub.core import clock
from hub.core.site import address

CONFIRM, CHOICES, LEAVE, DIGEST = "confirm", "choices", "leave", "digest"


class _HubClock(TimestampSigner):
    """Ages links by the hub's own clock, as everything else."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def signed(purpose: str, *values: str) -> str:
    return str(_signer(purpose).dumps(list(values)))


def read(purpose: str, link: str, within: timedelta | None = None) -> list[str] | None:
    """What was signed for this purpose; None when it was not, or too long ago."""
    try:
        arguments = {"max_age": within.total_seconds()} if within is not None else {}
        values = _signer(purpose).loads(link, **arguments)
    except BadData:
        return None
    return values if isinstance(values, list) and all(isinstance(value, str) for value in values) else None


def choices_link(token: str) -> str:
    """To everything that a subscriber chose, without signing in."""
    return address(f"/mail/choices/{signed(CHOICES, token)}")


def leave_link(token: str) -> str:
    """Out of all digests. Long-lived: old mail must still lead out."""
    return address(f"/mail/leave/{signed(LEAVE, token)}")


def digest_link(token: str, digest_token: str) -> str:
    """To the page of one digest, without signing in."""
    return address(f"/mail/digest/{signed(DIGEST, token, digest_token)}")


def confirm_link(token: str, codes: Sequence[str], frequency: str) -> str:
    """To the button that begins mail about these subjects. Good for some days."""
    return address(f"/mail/confirm/{signed(CONFIRM, token, frequency, *codes)}")


def _signer(purpose: str) -> Any:
    key, salt = current_app.config["SECRET_KEY"], f"digests.{purpose}"
    if purpose == CONFIRM:
        return URLSafeTimedSerializer(key, salt=salt, signer=_HubClock)
    return URLSafeSerializer(key, salt=salt)
