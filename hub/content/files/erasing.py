"""Taking a file away for good: what should never have been added, with somebody's data in it."""

from sqlalchemy import select, update

from hub.content.actions.permitting import permit
from hub.content.actions.spine import change_item, changed
from hub.content.models import Item, Post, Revision, RevisionFile, StoredFile
from hub.core import clock
from hub.core.audit import record
from hub.core.database import db
from hub.core.policy import Actor


def erase(actor: Actor, item: Item, file: StoredFile, reason: str) -> None:
    """Nobody reads it any more, in no revision, and its bytes are swept away within hours, unless somebody
    else added the same. The history keeps its name. Twice is once."""
    permit(actor, "file.erase", item)
    if file.item_id != item.id or file.erased_at is not None:
        return
    file.erased_at, file.description = clock.now(), ""
    shown_by = (
        select(Revision.post_id)
        .join(RevisionFile, RevisionFile.revision_id == Revision.id)
        .where(RevisionFile.file_id == file.id, Revision.number == Post.revision_number)
        .correlate(Post)
    )
    db.session.execute(
        update(Post)
        .where(Post.item_id == item.id, Post.id.in_(shown_by))
        .values(file_count=Post.file_count - 1)
        .execution_options(synchronize_session=False)
    )
    change_item(item)
    changed(item)
    record(actor, "file.erased", item, group_id=item.group_id, reason=reason, name=file.name)
