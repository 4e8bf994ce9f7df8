"""Bags (BagIt, RFC 8493): checked before anything in them is believed.

A *bag* is a folder of files with manifests of their hashes; it travels *serialised*, as one zip.
"""

from .checking import BadBag, CheckedBag, check_bag
from .unpacking import unpacked

__all__ = ["BadBag", "CheckedBag", "check_bag", "unpacked"]
