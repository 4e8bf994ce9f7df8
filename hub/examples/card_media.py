"""Pictures and files on a card."""

from typing import Any

from flask_babel import gettext as _

from hub.archive.covering import COVERED
from hub.archive.masked_text import Mask
from hub.archive.masking import masks
from hub.archive.models import ArchivedPost, CoveredPicture, Media, PostMedia

# Pixels: what a card shows of a picture without filling a phone's screen.
TALLEST = 320


def shown_medium(
    medium: PostMedia, post: ArchivedPost, covered: CoveredPicture | None, mask: Mask
) -> dict[str, Any]:
    """What `components/example_card.html` takes of a picture or film; `path` is empty where it is not shown.

    A private person's picture is named, not shown, for a face is as good as a name; unless a keeper went
    over it and covered what must not be seen. A child's is never shown."""
    masked = masks(post)
    described = "" if masked else str(mask(medium.alt_text))
    protected = bool(post.protected) or bool(post.account and post.account.protected)
    if covered is not None and medium.media is not None and not protected:
        return {
            "path": f"{medium.media.collection.path}/covered/{covered.token}",
            "sha256": covered.sha256,
            "alt": described,
            "kind": "image",
            "filename": medium.kind,
            "covered": str(COVERED),
            **_size(medium.media),
        }
    held = medium.media if not masked else None
    return {
        "path": f"{held.collection.path}/media/{held.token}" if held else "",
        "sha256": held.sha256 if held else "",
        "alt": described,
        "kind": {"photo": "image"}.get(medium.kind, medium.kind),
        "filename": _("picture, left out with the person's name") if masked else medium.kind,
        **(_size(held) if held else {}),
    }


def _size(media: Media) -> dict[str, int]:
    """In pixels, as shown: the page does not move when the picture comes. Empty where it is not known."""
    if not media.width or not media.height:
        return {}
    scale = min(1, TALLEST / media.height)
    return {"width": max(1, round(media.width * scale)), "height": max(1, round(media.height * scale))}
