"""Web archives as crawlers write them: WARCs by warcio, and WACZ packages around them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from .x_archive import png
from .zips import write_zip

PAGE = "https://strathtay.example/news/opening"
AT = "2024-03-01T09:00:00Z"


def page_of(text: str, *, title: str = "Library opening hours", head: str = "", body: str = "") -> bytes:
    """A page of a council, as such pages are: much around little."""
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/style.css"><script src="/app.js"></script>{head}</head>
<body class="page" onload="leave()"><nav><a href="/">Home</a> <a href="/bins">Bins</a></nav>
<main><h1>{title}</h1><p>{text}</p><img src="/hall.png" alt="The hall">{body}</main>
<footer>Strathtay Council, {len(text)} pages today</footer></body></html>""".encode()


class WebArchive:
    """A WARC in the making. Each record is written with its own right checksums."""

    def __init__(self, *, gzipped: bool = True):
        self.gzipped = gzipped
        self.stream = io.BytesIO()
        self.writer = WARCWriter(self.stream, gzip=gzipped)
        self.listed: list[dict] = []

    def add(self, kind: str, address: str | None, payload: bytes = b"", **more) -> WebArchive:
        """more: at, http (a StatusAndHeaders), headers (of the record), content_type."""
        headers = {"WARC-Date": more.get("at", AT)} | more.get("headers", {})
        record = self.writer.create_warc_record(
            address,
            kind,
            payload=io.BytesIO(payload),
            http_headers=more.get("http"),
            warc_headers_dict=headers,
            warc_content_type=more.get("content_type", ""),
        )
        self.writer.write_record(record)
        return self

    def answer(
        self, address: str, body: bytes, media_type: str = "text/html", *, status: str = "200 OK", **more
    ) -> WebArchive:
        """What a server answered. more: at, fields (further HTTP headers), headers (of the record)."""
        fields = [("Content-Type", media_type), *more.pop("fields", [])]
        http = StatusAndHeaders(status, fields, protocol="HTTP/1.1")
        return self.add("response", address, body, http=http, **more)

    def request(self, address: str, *, of: str = "", fields: tuple = (), **more) -> WebArchive:
        http = StatusAndHeaders("GET / HTTP/1.1", list(fields), is_http_request=True)
        return self.add("request", address, http=http, headers={"WARC-Concurrent-To": of}, **more)

    def revisit(self, address: str, of_body: bytes, *, at: str, of_at: str = AT) -> WebArchive:
        digest = "sha1:" + _base32(hashlib.sha1(of_body, usedforsecurity=False).digest())
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = self.writer.create_revisit_record(
            address, digest, address, of_at, http_headers=http, warc_headers_dict={"WARC-Date": at}
        )
        self.writer.write_record(record)
        return self

    def redirect(self, address: str, to: str, **more) -> WebArchive:
        fields = [("Location", to)]
        return self.answer(address, b"", status="301 Moved Permanently", fields=fields, **more)

    def page(self, text: str, *, address: str = PAGE, at: str = AT, **how) -> WebArchive:
        """A page with its style sheet and picture, and in the list of pages."""
        self.listed.append({"url": address, "ts": at, "title": "Library opening hours"})
        site = "/".join(address.split("/")[:3])
        self.answer(address, page_of(text, **how), "text/html; charset=utf-8", at=at)
        self.answer(f"{site}/style.css", STYLE, "text/css", at=at)
        self.answer(f"{site}/paper.png", png(20, 20), "image/png", at=at)
        self.answer(f"{site}/hall.png", png(60, 40), "image/png", at=at)
        return self.answer(f"{site}/app.js", b"alert(1)", "text/javascript", at=at)

    @property
    def data(self) -> bytes:
        return self.stream.getvalue()

    def write(self, path: Path) -> Path:
        path.write_bytes(self.data)
        return path

    def write_wacz(self, path: Path, **how) -> Path:
        """how: pages (None leaves the list out), changed (a file whose hash is wrong), seal, extra."""
        name = "archive/data.warc.gz" if self.gzipped else "archive/data.warc"
        members = {name: self.data} | how.get("extra", {})
        pages = how.get("pages", self.listed)
        if pages is not None:
            lines = [{"format": "json-pages-1.0", "id": "pages", "title": "All pages"}, *pages]
            members["pages/pages.jsonl"] = "\n".join(json.dumps(line) for line in lines).encode()
        members["datapackage.json"] = json.dumps(_package(members, how.get("changed"))).encode()
        if how.get("seal"):
            members["datapackage-digest.json"] = json.dumps(_seal(members["datapackage.json"])).encode()
        return write_zip(path, members.items(), zipfile.ZIP_STORED)


STYLE = b"""@import "https://fonts.example/font.css";
body { background: url(paper.png); color: #222 } 
h1 { background: url('https://tracker.example/pixel.gif') }"""


def _package(members: dict[str, bytes], changed: str | None) -> dict:
    resources = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": f"sha256:{hashlib.sha256(data + (b'x' if name == changed else b'')).hexdigest()}",
            "bytes": len(data),
        }
        for name, data in members.items()
    ]
    return {"profile": "data-package", "resources": resources, "wacz_version": "1.1.1", "software": "a test"}


def _seal(package: bytes) -> dict:
    digest = f"sha256:{hashlib.sha256(package).hexdigest()}"
    signed = {
        "hash": digest,
        "created": AT,
        "software": "a test",
        "signature": "c2lnbmVk",
        "domain": "a.example",
    }
    return {"path": "datapackage.json", "hash": digest, "signedData": signed}


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode()
