"""Whose Facebook export it is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hub.archive.adapters.base import content_hash
from hub.archive.adapters.facebook_rows import BEGAN
from hub.archive.adapters.fields import as_dict, unix_time
from hub.archive.adapters.meta_text import repaired

PROFILES = ("profile_v2", "profile", "profile_user")
NUMBER = re.compile(r"(?:[?&]id=|facebook\.com/)(\d{6,20})\b")
NAME_IN_ADDRESS = re.compile(r"facebook\.com/(?!profile\.php|people/|dyi/|l/)([\w.\-]{2,80})/?(?:[?#]|$)")
# Facebook names the folder after the account: facebook-strathtaycouncil-2024-06-01-AbCd1234.
FOLDER = re.compile(r"(?:^|/)facebook-([A-Za-z0-9.]{2,80}?)(?:-\d{4}-\d{2}-\d{2}-[^/]*)?/$")


@dataclass(slots=True)
class Owner:
    account_id: str
    handle: str | None = None
    name: str | None = None


def owner_of(profile: Any, author: str = "", folder: str = "") -> Owner | None:
    """The account of an export, named by what stays the same when its name changes: its number, else the
    second it was made, else its address or folder, else its name (`author`: as its rows tell it).

    None if nothing says whose it is.
    """
    found = next((as_dict(profile[key]) for key in PROFILES if as_dict(profile).get(key)), {})
    name = repaired(as_dict(found.get("name")).get("full_name") or found.get("name")) or author
    address = repaired(found.get("profile_uri"))
    in_folder = FOLDER.search(folder)
    handle = handle_in(address) or (in_folder[1] if in_folder else None)
    made = unix_time(found.get("registration_timestamp"), BEGAN)
    if number := NUMBER.search(address):
        account_id = number[1]
    elif made:
        account_id = f"made-{int(made.timestamp())}"
    elif handle:
        account_id = handle.lower()
    elif name:
        account_id = f"named-{content_hash(name)[:32]}"
    else:
        return None
    return Owner(account_id, handle, name[:200] or None)


def name_in(headings: Iterable[str]) -> str:
    """The name that Facebook's headings begin with: "... updated her status", "... shared a link".

    "" if the headings do not differ, since then nothing tells where it ends. What they share may go on with
    the beginning of a sentence ("... shared a"); a name does not end with a small letter's word.
    """
    words = [heading.split() for heading in headings if heading]
    shared = [first[0] for first in itertools.takewhile(_alike, zip(*words, strict=False))]
    if not words or len(shared) == min(map(len, words)):
        return ""
    while shared and shared[-1][0].islower():
        shared.pop()
    return " ".join(shared)


def _alike(words: tuple[str, ...]) -> bool:
    return len(set(words)) == 1


def handle_in(address: str) -> str | None:
    found = NAME_IN_ADDRESS.search(address)
    return found[1] if found and not found[1].isdigit() else None
