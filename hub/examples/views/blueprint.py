"""The examples' pages hang on one blueprint."""

from flask import Blueprint

from hub.content.models import Post

bp = Blueprint("examples", __name__)


def path_of(post: Post) -> str:
    """Where a post is read."""
    return f"{post.item.path}?post={post.position}#post-{post.position}"
