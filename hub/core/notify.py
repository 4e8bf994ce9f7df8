"""GOV.UK Notify, for councils that may send through nothing else: an API instead of a mail server.

One template of theirs has the subject `((subject))` and the body `((body))`; the hub fills both with the
plain text of a message. Notify takes no HTML and no headers of ours, so threads and List-Id are lost. How to
leave in one click has a parameter of its own. A message is named by its token (`reference`): Notify does not
notice that it was asked twice, so what is in doubt is asked for by that name, and not sent again blindly.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

from .delivery import PATIENCE, AboutTo, NotAccepted, Unknown
from .message import Outgoing

# Lengths of what a key is made of, from its end: a name, the service's UUID, the secret's UUID.
UUID = 36
# As many pages of 250 outcomes as are read at once.
MOST_PAGES = 40


@dataclass(frozen=True)
class Outcome:
    """What Notify says became of a message: "delivered", "permanent-failure", "temporary-failure" or
    "technical-failure"."""

    token: str
    status: str


class Notify:
    """notify://API-KEY@HOST/TEMPLATE-ID?reply_to=ID; notify+http:// for one on this machine."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        scheme = "http" if parts.scheme == "notify+http" else "https"
        self.address = f"{scheme}://{parts.hostname}:{parts.port or (80 if scheme == 'http' else 443)}"
        key = parts.username or ""
        self.service, self.secret = key[-2 * UUID - 1 : -UUID - 1], key[-UUID:]
        self.template = parts.path.strip("/")
        self.reply_to = parse_qs(parts.query).get("reply_to", [""])[0]
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=PATIENCE, read=PATIENCE), retries=False
        )

    def connect(self) -> None:
        """Each request makes its own connection."""

    def deliver(self, message: Outgoing, about_to: AboutTo) -> bool:
        body = json.dumps(self._asked(message)).encode()
        if not about_to():
            return False
        try:
            status, said = self._ask("POST", "/v2/notifications/email", body)
        except NewConnectionError as problem:
            raise NotAccepted(f"No connection to GOV.UK Notify: {problem}", permanent=False) from problem
        except HTTPError as problem:
            raise Unknown(f"GOV.UK Notify did not answer: {problem}", may_be_asked=True) from problem
        if status >= 500:
            raise Unknown(f"GOV.UK Notify answered {status}: {_errors(said)}", may_be_asked=True)
        if status != 201:
            # What is wrong with our key, or how much we send, is not wrong with the message.
            raise NotAccepted(f"GOV.UK Notify: {_errors(said)}", permanent=status in {400, 413})
        return True

    def accepted(self, token: str) -> bool:
        found = self._get(f"/v2/notifications?reference={quote(token)}")
        return bool(found.get("notifications"))

    def outcomes(self, status: str) -> Iterator[Outcome]:
        """Of messages of the last days (Notify keeps them for seven), the newest first."""
        path, older = f"/v2/notifications?template_type=email&status={status}", ""
        for _ in range(MOST_PAGES):
            found = self._get(path + older).get("notifications", [])
            yield from (Outcome(str(one.get("reference") or ""), status) for one in found)
            if not found:
                return
            older = f"&older_than={quote(found[-1]['id'])}"

    def _asked(self, message: Outgoing) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "email_address": message.recipient,
            "template_id": self.template,
            "reference": message.token,
            "personalisation": {"subject": message.email.subject, "body": message.email.text},
        }
        if self.reply_to:
            asked["email_reply_to_id"] = self.reply_to
        leave = message.email.headers.get("List-Unsubscribe", "")
        links = [link.strip(" <>") for link in leave.split(",") if link.strip(" <>").startswith("https://")]
        if links and "List-Unsubscribe-Post" in message.email.headers:
            asked["one_click_unsubscribe_url"] = links[0]
        return asked

    def _get(self, path: str) -> dict[str, Any]:
        """Raises NotAccepted, for now, when it cannot be asked."""
        try:
            status, said = self._ask("GET", path)
        except HTTPError as problem:
            raise NotAccepted(f"GOV.UK Notify did not answer: {problem}", permanent=False) from problem
        if status != 200:
            raise NotAccepted(f"GOV.UK Notify: {_errors(said)}", permanent=False)
        return said

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        answer = self._http.request(
            method, f"{self.address}{path}", body=body, headers=headers, redirect=False
        )
        try:
            said = json.loads(answer.data)
        except ValueError:
            said = {}
        return answer.status, said if isinstance(said, dict) else {}

    def _token(self) -> str:
        """Who asks, and when: good for half a minute (JSON Web Token, HS256)."""
        told = [{"typ": "JWT", "alg": "HS256"}, {"iss": self.service, "iat": int(time.time())}]
        said = b".".join(_url_safe(json.dumps(one).encode()) for one in told)
        signature = hmac.digest(self.secret.encode(), said, hashlib.sha256)
        return (said + b"." + _url_safe(signature)).decode()


def _url_safe(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _errors(said: dict[str, Any]) -> str:
    errors = said.get("errors") or [said]
    return "; ".join(f"{one.get('error', '')} {one.get('message', '')}".strip() for one in errors)[:500]
