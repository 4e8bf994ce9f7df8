"""Messages as mail programs write them, bytes and all. Each function takes what its writer typed."""

import base64
import quopri

from tests.factories.files import office, picture

NOTICE = """\
Reply above this line

Cat Muir answered your question: How long do we keep posts?
Records Scotland

Six years, as our schedule says. Who signs it off with you?

Read it and answer:
http://localhost/groups/records/questions/1#post-2

--
You get this because it concerns you. Choose what comes by e-mail:
http://localhost/me/mail

Stop mail about answers and mentions (no sign-in needed):
http://localhost/mail/notices/SIGNED.LINK.KEY
"""

# A Scottish council's Exchange puts these around what leaves it.
COUNCIL_FOOTER = """\
***********************************************************************
This email and any attachments are confidential and intended solely for the use of the
individual or entity to whom they are addressed. If you have received this email in error
please notify the sender and delete it.

All emails may be monitored and recorded, and disclosed under the Freedom of Information (Scotland) Act 2002.

Perth and Kinloss Council, 2 High Street
***********************************************************************

Classification: OFFICIAL
"""
# Its end says nothing that footers say.
HEALTH_FOOTER = """\
********************************************************************************

This message may be for somebody else. If you are not the intended recipient please:
i) tell its sender that you have it; and
ii) do not use what stands in it (to do so may be unlawful).

Our mail is secure and is there for all who work in health. To find out more, and how
you can have it, too, see https://mail.example.org/
"""
COUNCIL_BANNER = """\
CAUTION: This email originated from outside of the organisation. Do not click links or open
attachments unless you recognise the sender.
"""


def _message(headers: dict[str, str], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return lines.encode() + b"\r\n" + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _headers(to: str, by: str, subject: str, message_id: str, **more: str) -> dict[str, str]:
    return {
        "Received": "from out.example.gov.uk ([192.0.2.7]) by mx.example.org; Mon, 2 Mar 2026 09:14:06 +0000",
        "From": by,
        "To": to,
        "Subject": subject,
        "Date": "Mon, 02 Mar 2026 09:14:05 +0000",
        "Message-ID": message_id,
        "MIME-Version": "1.0",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def quoted(text: str = NOTICE) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def plain(
    to: str,
    text: str,
    *,
    by: str = "Bob <bob@example.org>",
    subject: str = "Re: Cat Muir answered your question: How long do we keep posts?",
    message_id: str = "<plain@example.org>",
    charset: str = "utf-8",
    **more: str,
) -> bytes:
    headers = _headers(to, by, subject, message_id, **more)
    headers["Content-Type"] = f"text/plain; charset={charset}"
    headers["Content-Transfer-Encoding"] = "8bit"
    return _message(headers, text.encode(charset))


def outlook(to: str, text: str, by: str = "Bob <bob@example.org>") -> bytes:
    """Outlook for Windows: Word's HTML, and plain text that quotes without a mark."""
    plain_part = f"""{text}

Kind regards,

Bob Reid
Records Manager | Perth and Kinloss Council
T: 01738 000000
[cid:image001.png@01DCAA11.5B2D3C40]

From: Knowledge Hub <hub@example.org>
Sent: 02 March 2026 08:55
To: Bob Reid <bob@example.org>
Subject: Cat Muir answered your question: How long do we keep posts?

{NOTICE}
"""
    html = "".join(f'<p class="MsoNormal">{line}<o:p></o:p></p>' for line in text.split("\n"))
    parts = f"""--_004_
Content-Type: multipart/alternative; boundary="_000_"

--_000_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

{quopri.encodestring(plain_part.encode("cp1252")).decode()}
--_000_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

{quopri.encodestring(html.encode("cp1252")).decode()}
--_000_--

--_004_
Content-Type: image/png; name="image001.png"
Content-Disposition: inline; filename="image001.png"
Content-ID: <image001.png@01DCAA11.5B2D3C40>
Content-Transfer-Encoding: base64

{base64.b64encode(b"a logo").decode()}
--_004_--
"""
    headers = _headers(to, by, "RE: Cat Muir answered your question", "<outlook@example.org>")
    headers["Content-Type"] = 'multipart/related; boundary="_004_"; type="multipart/alternative"'
    headers["X-Auto-Response-Suppress"] = ""
    return _message(headers, parts.encode())


def outlook_web(to: str, text: str, by: str = "Bob <bob@example.org>") -> bytes:
    """Outlook on the web, HTML alone."""
    html = f"""<html><head><style>P {{margin-top:0}}</style></head><body dir="ltr">
<div class="elementToProof">{text}</div><div class="elementToProof"><br></div>
<div id="Signature"><p>Bob Reid<br>Records Manager</p></div>
<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">
<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Knowledge Hub<br>
<b>Sent:</b> 02 March 2026</font></div>
<div>Six years, as our schedule says. <a href="http://localhost/mail/notices/SIGNED.LINK.KEY">Stop</a></div>
</body></html>"""
    headers = _headers(to, by, "Re: Cat Muir answered your question", "<owa@example.org>")
    headers["Content-Type"] = 'text/html; charset="utf-8"'
    headers["Content-Transfer-Encoding"] = "base64"
    return _message(headers, base64.encodebytes(html.encode()))


def gmail(to: str, text: str, by: str = "Bob <bob@example.org>") -> bytes:
    body = f"""--0000
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

{quopri.encodestring(text.encode()).decode()}

On Mon, 2 Mar 2026 at 08:55, Knowledge Hub <
{to}> wrote:

{quoted()}
--0000
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">{text}</div><br><div class="gmail_quote gmail_quote_container">quoted</div>
--0000--
"""
    headers = _headers(to, by, "Re: Cat Muir answered your question", "<gmail@mail.gmail.com>")
    headers["Content-Type"] = 'multipart/alternative; boundary="0000"'
    return _message(headers, body.encode())


def apple_mail(to: str, text: str, by: str = "Bob <bob@example.org>") -> bytes:
    """Apple Mail on a telephone, with a picture put between."""
    body = f"""--Apple-Mail-1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 7bit

{text}

--Apple-Mail-1
Content-Type: image/jpeg; name=IMG_0042.jpeg
Content-Disposition: inline; filename=IMG_0042.jpeg
Content-Transfer-Encoding: base64

{base64.encodebytes(picture("JPEG")).decode()}
--Apple-Mail-1
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit



Sent from my iPhone

> On 2 Mar 2026, at 08:55, Knowledge Hub <hub@example.org> wrote:
>
{quoted()}

--Apple-Mail-1--
"""
    headers = _headers(to, by, "Re: Cat Muir answered your question", "<apple@icloud.com>")
    headers["Content-Type"] = "multipart/mixed; boundary=Apple-Mail-1"
    return _message(headers, body.encode())


def thunderbird(to: str, text: str, by: str = "Bob <bob@example.org>") -> bytes:
    """Thunderbird: format=flowed, and what is written stands below what is quoted."""
    body = f"""On 02/03/2026 08:55, Knowledge Hub wrote:
{quoted()}

{text}

-- \nBob Reid
Perth
"""
    headers = _headers(to, by, "Re: Cat Muir answered your question", "<tb@example.org>")
    headers["Content-Type"] = "text/plain; charset=UTF-8; format=flowed"
    return _message(headers, body.encode())


def council(
    to: str,
    text: str,
    *,
    by: str = "Bob <bob@example.org>",
    subject: str = "Retention of chats",
    document: bytes = b"",
) -> bytes:
    """Exchange of a Scottish council: a banner above, a footer below, and an attachment."""
    whole = f"{COUNCIL_BANNER}\n{text}\n\nMany thanks\nBob\n\n{COUNCIL_FOOTER}"
    body = f"""--_002_
Content-Type: text/plain; charset="Windows-1252"
Content-Transfer-Encoding: base64

{base64.encodebytes(whole.encode("cp1252")).decode()}
--_002_
Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document;
 name="=?utf-8?Q?Schedule=E2=80=932026.docx?="
Content-Disposition: attachment; filename="=?utf-8?Q?Schedule=E2=80=932026.docx?="
Content-Transfer-Encoding: base64

{base64.encodebytes(document or office()).decode()}
--_002_--
"""
    headers = _headers(to, by, subject, "<exchange@council.example>")
    headers["Content-Type"] = 'multipart/mixed; boundary="_002_"'
    return _message(headers, body.encode())
