"""Fetches an address that somebody typed, without letting it reach what only this machine can reach.

A name is resolved once and the connection goes to that very address; addresses that are not public are
refused; each redirect is judged anew; size and time are bounded; an administrator can switch all of it off.
"""

from .fetcher import Fetched, Fetcher, NotFetched, installed_fetcher

__all__ = ["Fetched", "Fetcher", "NotFetched", "installed_fetcher"]
