"""Signatures of the Standard Webhooks specification: symmetric, version 1."""

import base64
import hashlib
import hmac


def headers(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of one try. secret: `whsec_` and base64; at: seconds since 1970."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((message_id.encode(), str(at).encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": f"v1,{signature}",
    }
