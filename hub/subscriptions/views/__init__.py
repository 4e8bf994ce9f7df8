"""Pages of subscriptions: everything that somebody hears of, subscribing without an account, following from
where one is, leaving."""

from hub.subscriptions.views.blueprint import bp

from . import choosing, following, leaving, subscribing  # noqa: F401

__all__ = ["bp"]
