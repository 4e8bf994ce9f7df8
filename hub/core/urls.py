"""Parts of addresses that somebody else wrote: "" where nothing can be made of one, instead of an error."""

from urllib.parse import urljoin, urlsplit


def joined(base: str, address: str) -> str:
    """The whole address of what `base` names by a part of one."""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def server_of(address: str) -> str:
    """Its host, with the port where one is named."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""
