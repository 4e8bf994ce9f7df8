"""Reports about mail, written from the standards' rules (RFC 3464, 3834, 5965, 6533, 6650) in the forms in
which the usual mail servers write them. Each gets the address it comes to, the address that the mail went to,
and the mail itself.
"""

import base64
from collections.abc import Callable

Form = Callable[[str, str, str], bytes]


def _mail(headers: list[str], body: str) -> bytes:
    return "\r\n".join([*headers, "", *body.strip("\n").split("\n"), ""]).encode()


def _report(
    sender: str, to: str, said: str, fields: list[list[str]], original: str, *, kind: str = ""
) -> bytes:
    """A multipart/report of blocks of fields. kind: how the original's part is called; empty: the headers."""
    blocks = "\n\n".join("\n".join(block) for block in fields)
    body = f"""
--part
Content-Type: text/plain; charset=us-ascii

{said}

--part
Content-Type: message/delivery-status

{blocks}

--part
Content-Type: {kind or "text/rfc822-headers"}

{original}
--part--
"""
    headers = [
        f"From: {sender}",
        f"To: {to}",
        "Subject: Delivery Status Notification",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="part"',
    ]
    return _mail(headers, body)


def exim(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; mx.example.net"],
        [
            "Action: failed",
            f"Final-Recipient: rfc822;{failed}",
            "Status: 5.0.0",
            "Remote-MTA: dns; mail.example.com",
            "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach",
            " does not exist.",
        ],
    ]
    said = f"This message was created automatically by mail delivery software.\n\n  {failed}\n    host mail"
    sender = "Mail Delivery System <Mailer-Daemon@mx.example.net>"
    return _report(sender, to, said, fields, original, kind="message/rfc822")


def postfix(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; mx.example.net", "X-Postfix-Queue-ID: 4Zx1", "Arrival-Date: Mon, 2 Nov 2026"],
        [
            f"Final-Recipient: rfc822; {failed}",
            f"Original-Recipient: rfc822;{failed}",
            "Action: failed",
            "Status: 5.1.1",
            "Remote-MTA: dns; mail.example.com",
            f"Diagnostic-Code: smtp; 550 5.1.1 <{failed}>: Recipient address rejected: User",
            "    unknown in virtual mailbox table",
        ],
    ]
    said = f"This is the mail system at host mx.example.net.\n\n<{failed}>: host mail.example.com said: 550"
    sender = "MAILER-DAEMON@mx.example.net (Mail Delivery System)"
    return _report(sender, to, said, fields, original, kind="message/rfc822")


def exchange(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns;DB9PR01.eurprd01.prod.example.com", "Received-From-MTA: dns;mx.example.net"],
        [
            f"Final-Recipient: rfc822;{failed}",
            "Action: failed",
            "Status: 5.1.10",
            "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP",
            " address lookup",
        ],
    ]
    said = "Your message couldn't be delivered."
    return _report("postmaster@example.com", to, said, fields, original, kind="message/rfc822")


def gmail(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; googlemail.com", "X-Original-Message-ID: <x@example.org>"],
        [
            f"Final-Recipient: rfc822; {failed}",
            "Action: failed",
            "Status: 5.1.1",
            "Remote-MTA: dns; gmail-smtp-in.l.example.com. (192.0.2.1, the server for the domain.)",
            "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
            " 550 5.1.1 a1si1 - gsmtp",
        ],
    ]
    sender = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
    return _report(sender, to, "** Address not found **", fields, original, kind="message/rfc822")


def ses(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; a1.smtp-out.eu-west-1.example.com"],
        [
            "Action: failed",
            f"Final-Recipient: rfc822; {failed}",
            "Diagnostic-Code: smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0>",
            "Status: 4.4.7",
        ],
    ]
    said = "An error occurred while trying to deliver the mail to the following recipients:"
    return _report("MAILER-DAEMON@eu-west-1.example.com", to, said, fields, original, kind="message/rfc822")


def full(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; mx.example.net"],
        [
            f"Final-Recipient: rfc822; {failed}",
            "Action: failed",
            "Status: 5.2.2",
            "Diagnostic-Code: smtp; 552 5.2.2 Over quota",
        ],
    ]
    return _report("MAILER-DAEMON@mx.example.net", to, "The mailbox is full.", fields, original)


def policy(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; mx.example.net"],
        [
            f"Final-Recipient: rfc822; {failed}",
            "Action: failed",
            "Status: 5.7.1",
            "Diagnostic-Code: smtp; 550 5.7.1 Our system has detected that this message is likely spam",
        ],
    ]
    return _report("MAILER-DAEMON@mx.example.net", to, "Blocked.", fields, original)


def delayed(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; mx.example.net"],
        [
            f"Final-Recipient: rfc822; {failed}",
            "Action: delayed",
            "Status: 4.4.1",
            "Will-Retry-Until: Fri, 6 Nov 2026 09:00:00 +0000",
        ],
    ]
    return _report("MAILER-DAEMON@mx.example.net", to, "It is late.", fields, original)


def relayed(to: str, failed: str, original: str) -> bytes:
    fields = [
        ["Reporting-MTA: dns; mx.example.net"],
        [f"Final-Recipient: rfc822; {failed}", "Action: relayed", "Status: 2.0.0"],
    ]
    return _report("MAILER-DAEMON@mx.example.net", to, "It went on.", fields, original)


def behind_an_alias(to: str, _failed: str, original: str) -> bytes:
    return exchange(to, "one-of-the-team@example.net", original)


def international(to: str, failed: str, original: str) -> bytes:
    raw = postfix(to, f"utf-8;{failed}", original).decode()
    return raw.replace("message/delivery-status", "message/global-delivery-status").encode()


def in_base64(to: str, failed: str, original: str) -> bytes:
    """Some gateways encode the report's text, which the standard does not allow."""
    fields = f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {failed}\nAction: failed\nStatus: 5.1.1\n"
    encoded = base64.b64encode(fields.encode()).decode()
    raw = _report("MAILER-DAEMON@mx.example.net", to, "No.", [["@@"]], original).decode()
    head = "message/delivery-status\r\nContent-Transfer-Encoding: base64"
    return raw.replace("message/delivery-status", head).replace("@@", encoded).encode()


def qmail(to: str, failed: str, original: str) -> bytes:
    body = f"""
Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{failed}>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

{original}
"""
    return _mail(["From: MAILER-DAEMON@mx.example.net", f"To: {to}", "Subject: failure notice"], body)


def out_of_office(to: str, failed: str, _original: str) -> bytes:
    headers = [
        f"From: {failed}",
        f"To: {to}",
        "Subject: Automatic reply: News",
        "Auto-Submitted: auto-replied",
    ]
    return _mail([*headers, "Precedence: auto_reply"], "I am away until Monday.")


def complaint(
    to: str, failed: str, original: str, *, kind: str = "abuse", return_path: str = "<>", rcpt: str = ""
) -> bytes:
    redacted = f"Original-Rcpt-To: {rcpt}\n" if rcpt else ""
    body = f"""
--part
Content-Type: text/plain; charset=us-ascii

This is an email abuse report for an email message received from IP 192.0.2.1.

--part
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: {return_path}
{redacted}
--part
Content-Type: message/rfc822

{original}
--part--
"""
    headers = [
        "From: <feedback@provider.example>",
        f"To: {to}",
        "Subject: FW: News",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="part"',
    ]
    return _mail(headers, body)
