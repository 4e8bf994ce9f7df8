"""Pages of accounts: registering, signing in, one's own settings, people."""

from hub.accounts.sign_in import install
from hub.accounts.views.blueprint import bp

from . import entry, mail_folder, organisations, own_account, people, profile, recovery, registration  # noqa: F401

__all__ = ["bp", "install"]
