"""Which files a revision has, and what an editor did to those of the one before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from hub.content.models import Item, Revision, RevisionFile, StoredFile
from hub.core.database import db


@dataclass(frozen=True)
class FileChange:
    """Files that are added, ids of those that are taken away, and of others what is said that they show, by
    id."""

    added: tuple[StoredFile, ...] = ()
    dropped: frozenset[int] = frozenset()
    described: Mapping[int, str] = field(default_factory=dict)

    def applied(self, before: Iterable[int]) -> list[int]:
        """The ids of a revision's files, of those that it had before."""
        kept = [file_id for file_id in before if file_id not in self.dropped]
        return list(dict.fromkeys([*kept, *(file.id for file in self.added)]))


UNCHANGED = FileChange()


def hang(revision: Revision, item: Item, files: Sequence[StoredFile]) -> None:
    """The files of a new revision. What waited until now hangs on the item from now on; what hangs on another
    item does not come along."""
    for position, file in enumerate(files, 1):
        if file.item_id not in {None, item.id}:
            raise ValueError("A file hangs on one item.")
        file.item_id, file.place = item.id, ""
        db.session.add(RevisionFile(revision_id=revision.id, file_id=file.id, position=position))
    db.session.flush()


def files_of_revision(post_id: int, number: int) -> Sequence[StoredFile]:
    return db.session.scalars(
        select(StoredFile)
        .join(RevisionFile, RevisionFile.file_id == StoredFile.id)
        .join(Revision, Revision.id == RevisionFile.revision_id)
        .where(Revision.post_id == post_id, Revision.number == number)
        .order_by(RevisionFile.position)
    ).all()


def files_with_ids(ids: Sequence[int]) -> list[StoredFile]:
    """In their order."""
    if not ids:
        return []
    found = {file.id: file for file in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}
    return [found[file_id] for file_id in ids if file_id in found]


def describe(files: Iterable[StoredFile], said: Mapping[int, str]) -> bool:
    """Say what pictures show. Whether that is anything new."""
    new = [
        file for file in files if file.is_picture and said.get(file.id, file.description) != file.description
    ]
    for file in new:
        file.description = said[file.id]
    return bool(new)


def shown_count(files: Iterable[StoredFile]) -> int:
    """How many of them readers see."""
    return sum(file.erased_at is None for file in files)


def counted(revision_id: int) -> int:
    """The same of a revision that is there already."""
    hangs = select(func.count()).where(
        RevisionFile.revision_id == revision_id,
        RevisionFile.file_id == StoredFile.id,
        StoredFile.erased_at.is_(None),
    )
    return int(db.session.scalar(hangs) or 0)


def copies(files: Iterable[StoredFile], person_id: int | None) -> list[StoredFile]:
    """The same files for another item, as if the person had added them: each row hangs on one item."""
    made = [
        StoredFile(
            person_id=person_id,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
            width=file.width,
            height=file.height,
            description=file.description,
        )
        for file in files
        if file.erased_at is None
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def may_hang(person_id: int | None, files: Collection[StoredFile], item_id: int) -> bool:
    """Whether they are the person's own that wait, or hang on the item already."""
    return all(
        file.item_id == item_id or (file.item_id is None and file.person_id == person_id) for file in files
    )
