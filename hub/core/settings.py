"""Settings: read from the environment once, checked at start, explained by `hub settings`."""

import os
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .secret_files import kept_secret

MEBIBYTE = 1024 * 1024
# Of the 64 that mail allows, signed addresses need the rest.
LONGEST_BEFORE_AT = 26


class Settings(BaseSettings):
    """Everything that can be set, each from the environment variable HUB_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="HUB_", extra="ignore", frozen=True, validate_default=True)

    data: Path = Field(
        Path("instance"), description="The one folder where all embedded state lives: back this up."
    )
    database_url: str = Field(
        "", description="PostgreSQL address (postgresql://...); empty: SQLite in the data folder."
    )
    search_url: str = Field(
        "", description="PostgreSQL address for full-text search; empty: Whoosh in the data folder."
    )
    mail_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://user:password@host:port, smtps://... or smtp+starttls://...; GOV.UK Notify: "
        "notify://API-KEY@api.notifications.service.gov.uk/TEMPLATE-ID; empty: a folder.",
    )
    mail_from: str = Field("hub@localhost", description="The address that the hub's mail comes from.")
    mail_return_path: Literal["each", "sender"] = Field(
        "each",
        description="Where undelivered mail comes back to, where mail comes in: an address for each message, "
        "or (sender) the one that mail comes from.",
    )
    mail_in_address: str = Field(
        "",
        description="Where mail comes in: hub+*@example.org, or a domain of its own; empty: nowhere.",
    )
    mail_in_url: SecretStr = Field(
        SecretStr(""),
        description="imaps://user:password@host/INBOX (or imap+starttls://): a mailbox to read.",
    )
    lmtp: str = Field(
        "", description="host:port or the path of a socket, on which a mail server hands mail over by LMTP."
    )
    mail_in_authserv: str = Field(
        "",
        description="How your mail server calls itself where it says what it found of a sender; empty: none.",
    )
    mail_in_unproven: Literal["replies", "all", "none"] = Field(
        "replies",
        description="Which mail is posted though no server proved its sender; other mail waits for a click.",
    )
    mail_per_minute: int = Field(
        600,
        ge=0,
        description="How many digests and notices leave a minute; 0: as fast as it goes.",
    )
    mail_per_minute_to_a_domain: int = Field(
        120, ge=0, description="How many of them go to addresses of one domain; 0: as fast as it goes."
    )
    dkim_domain: str = Field(
        "", description="The domain that signs mail (DKIM); empty: that of the address mail comes from."
    )
    dkim_selector: str = Field(
        "hub",
        description="Under which names the keys stand in the domain, in the order of the files, by commas.",
    )
    dkim_key: str = Field(
        "",
        description="Files (PEM) with the private keys that sign mail, by commas; empty: it is not signed.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="redis://... to share rate limits between machines; empty: each machine its own.",
    )
    host: str = Field("127.0.0.1", description="The address that the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The port that the web server listens on.")
    public_url: str = Field(
        "", description="The address people use (https://hub.example.org); empty: http://HOST:PORT."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many proxies stand in front and set X-Forwarded-For and -Proto."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs cookies and links; empty: made on first run and kept in the data folder.",
    )
    web_processes: int = Field(2, ge=1, le=64, description="How many web processes serve pages.")
    worker_threads: int = Field(3, ge=2, le=16, description="How many jobs the worker runs at once.")
    upload_limit_mb: int = Field(
        2048, ge=1, description="The largest upload of a platform's export, in mebibytes."
    )
    attachment_limit_mb: int = Field(10, ge=1, description="The largest file added to a post, in mebibytes.")
    attachments_per_post: int = Field(10, ge=1, le=50, description="How many files a post may have.")
    attachments_a_day_mb: int = Field(
        200, ge=1, description="What one person may add to posts within a day, in mebibytes."
    )
    fetching: Literal["on", "off"] = Field(
        "on",
        description="Whether the hub fetches addresses that keepers ask it to watch; off: it never does.",
    )
    fetch_also: str = Field(
        "", description="Hosts of your own network that may be fetched, as host:port, separated by commas."
    )
    witnesses: str = Field(
        "",
        description="Mail addresses, separated by commas, that get each day's checkpoints of the logs.",
    )
    timestamp_url: str = Field(
        "", description="A time-stamping authority (RFC 3161) that stamps each checkpoint; empty: none does."
    )
    timestamp_roots: str = Field(
        "", description="A file (PEM) with the certificates that the time-stamping authority's must rest on."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")

    @field_validator("data")
    @classmethod
    def _wherever_it_is_used_from(cls, folder: Path) -> Path:
        """Flask takes relative files to be its package's; the hub means the folder it was started in."""
        return folder.expanduser().absolute()

    @field_validator("database_url", "search_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in {"postgresql", "postgresql+psycopg", "sqlite"}:
            raise ValueError("must start with postgresql:// (or be left empty)")
        return url

    @field_validator("mail_url")
    @classmethod
    def _known_mail(cls, url: SecretStr) -> SecretStr:
        scheme = urlsplit(url.get_secret_value()).scheme
        if scheme not in {"", "smtp", "smtps", "smtp+starttls", "notify", "notify+http"}:
            raise ValueError(
                "must start with smtp://, smtps://, smtp+starttls:// or notify:// (or be left empty)"
            )
        if scheme.startswith("notify"):
            _check_notify(url.get_secret_value())
        return url

    @field_validator("mail_in_address")
    @classmethod
    def _one_star(cls, pattern: str) -> str:
        local, at, domain = pattern.rpartition("@")
        if pattern and (not domain.isascii() or "." not in domain or " " in pattern):
            raise ValueError("must be like hub+*@example.org, or a domain")
        if len(local) > LONGEST_BEFORE_AT:
            raise ValueError(f"may have at most {LONGEST_BEFORE_AT} characters before the @")
        if at and (local.count("*") != 1 or "@" in local or not local.isascii()):
            raise ValueError("must have one star before the @, like hub+*@example.org")
        return pattern.lower()

    @field_validator("mail_in_url")
    @classmethod
    def _known_mailbox(cls, url: SecretStr) -> SecretStr:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in {"", "imap", "imaps", "imap+starttls"}:
            raise ValueError("must start with imaps://, imap+starttls:// or imap:// (or be left empty)")
        if parts.scheme and not (parts.hostname and parts.username):
            raise ValueError("must name a host and a user: imaps://user:password@host/INBOX")
        return url

    @field_validator("lmtp")
    @classmethod
    def _where_to_listen(cls, where: str) -> str:
        host, _colon, port = where.rpartition(":")
        if where and not where.startswith("/") and not (host and port.isdecimal()):
            raise ValueError("must be host:port, or the path of a socket that starts with /")
        return where

    @field_validator("public_url")
    @classmethod
    def _a_web_address(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("must start with https:// or http://")
        return url.rstrip("/")

    @property
    def address(self) -> str:
        """Where people find the hub, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def mail_has_headers(self) -> bool:
        """Whether messages say themselves where a reply goes; GOV.UK Notify takes their words alone."""
        return not self.mail_url.get_secret_value().startswith("notify")

    @property
    def mail_in_pattern(self) -> str:
        """Where mail comes in, with a star for what each message is about; empty: nowhere."""
        domain_alone = self.mail_in_address and "@" not in self.mail_in_address
        return f"*@{self.mail_in_address}" if domain_alone else self.mail_in_address

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address as SQLAlchemy wants it."""
        if not self.database_url:
            return f"sqlite:///{(self.data / 'hub.db').resolve()}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def embedded(self) -> bool:
        """Whether everything lives in the data folder, on one machine."""
        return self.sqlalchemy_url.startswith("sqlite")

    def folder(self, name: str) -> Path:
        """A folder of that name inside the data folder, made when missing, closed to other accounts."""
        folder = self.data / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def signing_key(self) -> str:
        """The secret key: as set, or made on first run and kept in the data folder."""
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        return kept_secret(self.folder("keys") / "secret_key", lambda: secrets.token_urlsafe(48))

    def explained(self) -> list[dict[str, str]]:
        """Every setting: its variable, value (secrets masked), source and meaning."""
        rows = []
        for name, field in type(self).model_fields.items():
            variable = f"HUB_{name.upper()}"
            rows.append(
                {
                    "variable": variable,
                    "value": str(getattr(self, name)),
                    "source": "environment" if variable in os.environ else "default",
                    "meaning": field.description or "",
                }
            )
        return rows


def _check_notify(url: str) -> None:
    """A key ends in two UUIDs, the service's and the secret's. The path is the template's."""
    parts = urlsplit(url)
    if len(parts.username or "") < 73 or not parts.hostname or not parts.path.strip("/"):
        raise ValueError("must be notify://API-KEY@api.notifications.service.gov.uk/TEMPLATE-ID")
    if parts.scheme == "notify+http" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise ValueError("must begin with notify:// (TEMPLATE-ID): keys do not travel unencrypted")
