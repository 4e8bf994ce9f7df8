"""The tables of the ground floor, gathered so that the factory finds them as it finds any room's."""

from .addressees import MailAddress
from .audit import AuditEntry
from .forms import SentForm
from .jobs import Job
from .mail import Mail
from .mail_days import MailDay
from .site import Site

__all__ = ["AuditEntry", "Job", "Mail", "MailAddress", "MailDay", "SentForm", "Site"]
