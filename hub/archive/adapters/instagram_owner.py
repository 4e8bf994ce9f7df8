"""Whose Instagram or Threads export it is, and what the account was called before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.archive.adapters.fields import as_dict, dicts
from hub.archive.adapters.instagram_rows import values_of

USERNAME = re.compile(r"[a-z0-9._]{1,30}")
# What the platform calls a username, a name and a biography in the languages it speaks most.
USERNAME_LABELS = {
    "username", "benutzername", "nom d’utilisateur", "nom d'utilisateur", "nom de profil",
    "nombre de usuario", "nome de usuário", "nome de utilizador", "nome utente", "gebruikersnaam",
    "användarnamn", "brukernavn", "brugernavn", "käyttäjätunnus", "käyttäjänimi", "nazwa użytkownika",
    "uživatelské jméno", "имя пользователя", "ім’я користувача", "kullanıcı adı", "nama pengguna",
    "tên người dùng", "felhasználónév", "nume de utilizator", "όνομα χρήστη", "ユーザーネーム",
    "사용자 이름", "用户名", "用戶名稱", "اسم المستخدم", "שם משתמש",
}  # fmt: skip
NAME_LABELS = {
    "name", "nom", "nombre", "nome", "naam", "namn", "navn", "nimi", "imię i nazwisko", "имя", "isim",
}  # fmt: skip
BIO_LABELS = {"bio", "biography", "steckbrief", "biografía", "biografia", "biographie", "biografie"}
# Instagram names the folder after the account: instagram-strathtaycouncil-2024-06-01-AbCd1234.
FOLDER = re.compile(r"(?:^|/)(?:instagram|threads)-([a-z0-9._]{1,30}?)(?:-\d{4}-\d{2}-\d{2}-[^/]*)?/$")
MOST_CHANGES = 1_000


@dataclass(slots=True)
class Owner:
    """`first`: the oldest username that is known, which stays the same when the account is renamed."""

    first: str
    username: str
    name: str | None = None
    description: str | None = None
    renamed: list[tuple[datetime, str, str]] = field(default_factory=list)  # (when, before, after)


def owner_of(profile: Any, changes: Any, folder: str) -> Owner | None:
    """The account, from its profile, else from the folder; None if nothing says whose it is.

    profile, changes: the values of personal_information.json and profile_changes.json; None if not there.
    """
    found = next((values_of(row) for row in _rows(profile)), [])
    named = next((one for one in found if one.label.casefold() in USERNAME_LABELS and one.text), None)
    if named is None:
        alike = [one for one in found if USERNAME.fullmatch(one.text) and not one.text.isdigit()]
        named = alike[0] if len(alike) == 1 else None
    in_folder = FOLDER.search(folder)
    username = named.text.lower()[:100] if named else in_folder[1] if in_folder else ""
    if not username:
        return None
    renamed = _renamed(_rows(changes), username, named.label if named else "")
    return Owner(
        renamed[0][1] if renamed else username,
        username,
        _labelled(found, NAME_LABELS, 200),
        _labelled(found, BIO_LABELS, 1_000),
        renamed,
    )


def _labelled(found: list, labels: set[str], longest: int) -> str | None:
    return next((one.text[:longest] for one in found if one.label.casefold() in labels and one.text), None)


def _renamed(rows: list[dict], username: str, label: str) -> list[tuple[datetime, str, str]]:
    """Changes of the username, the oldest first, followed back from the one it has now.

    A row says what was changed, what it was and what it became, under labels in the account's language.
    """
    into: dict[str, tuple[datetime, str]] = {}
    for row in rows[:MOST_CHANGES]:
        values = values_of(row)
        texts = [one.text for one in values if one.text and not one.at]
        at = next((one.at for one in values if one.at), None)
        if at and len(texts) == 3 and label and texts[0].casefold() == label.casefold():
            before, after = texts[1].lower(), texts[2].lower()
            if USERNAME.fullmatch(before) and USERNAME.fullmatch(after) and before != after:
                into[after] = max(into.get(after, (at, before)), (at, before))
    chain: list[tuple[datetime, str, str]] = []
    while username in into:
        at, before = into.pop(username)
        chain.insert(0, (at, before, username))
        username = before
    return chain


def _rows(value: Any) -> list[dict]:
    """The rows of a small file: the list that it is, or the first that it wraps."""
    if isinstance(value, list):
        return dicts(value)
    return next((rows for one in as_dict(value).values() if (rows := dicts(one))), [])
