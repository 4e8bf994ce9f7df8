"""Which addresses may be fetched: judged before anything is sent."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from .refusing import NotFetched

PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 2_000

# Addresses that carry another inside, by which a private one could be reached: NAT64 and 6to4. Teredo's and
# mapped ones are no public addresses to the standard library already.
CARRYING = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Target:
    """One address, taken apart. `ip`: the only place that the connection may go to."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"


def resolve(host: str, port: int) -> list[str]:
    """Every IP address of a name. Raises NotFetched."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("no_such_host", host) from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def target_of(address: str, also: Collection[str] = (), find: Resolve = resolve) -> Target:
    """Judge an address and resolve its name, once. Raises NotFetched with the reason for the person.

    also: hosts ("host:port") of the hub's own network that an administrator lets it fetch from.
    """
    parts = _parts(address)
    scheme, host = parts.scheme, (parts.hostname or "").rstrip(".").lower()
    port = parts.port or PORTS[scheme]
    allowed = f"{host}:{port}" in also
    if port != PORTS[scheme] and not allowed:
        raise NotFetched("port", str(port))
    ips = find(host, port)
    # A name with one public and one private address is a trap: none of it is used.
    if not ips or not (allowed or all(is_public(ip) for ip in ips)):
        raise NotFetched("not_public", host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port, path, ips[0])


def _parts(address: str):
    if len(address) > LONGEST_ADDRESS or any(c.isspace() or not c.isprintable() for c in address):
        raise NotFetched("not_an_address")
    try:
        parts = urlsplit(address)
        port = parts.port
        if not address.isascii():  # names are sent as they are resolved, paths as they are typed
            address = parts._replace(netloc=parts.netloc.encode("idna").decode()).geturl()
            parts = urlsplit(address)
    except (ValueError, UnicodeError) as error:
        raise NotFetched("not_an_address") from error
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise NotFetched("not_an_address")
    if parts.username is not None or parts.password is not None:
        raise NotFetched("signed_in_address")
    return parts


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the public internet, whatever it is wrapped in."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in net for net in CARRYING):
            return False
    return address.is_global and not address.is_multicast
