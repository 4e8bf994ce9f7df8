"""The pages at the foot of every page: what they are called, and what they say until they are written.

A site page's text is kept with the site (`Site.texts`). Until an administrator says that it is complete, it
shows the text below, marked incomplete, and administrators are warned on every page.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask_babel import lazy_gettext as _
from markupsafe import Markup

from hub.accounts.rules import UNCONFIRMED_KEPT
from hub.core.markup import render
from hub.core.site import site

KEPT_UNDER = "pages"


@dataclass(frozen=True)
class SitePage:
    """One page about the site. `source` is Markdown."""

    name: str
    title: str
    source: str
    html: Markup
    complete: bool
    written_at: datetime | None

    @property
    def path(self) -> str:
        return f"/about/{self.name}"


PRIVACY = _(
    """**Whoever runs this hub must complete this page**: say who you are, how to reach you, and what is
true here.

## What is kept about you

- Your name, e-mail address, and the sector, profession and organisation you choose to give.
- What you write and the files that you add to it, with your name and organisation as they were when you wrote
it. Of pictures, where and with what they were taken is removed first.
- Which items you follow and how far you have read, so that the hub can show you what is new.
- A record of what moderators and administrators do.

If you register and do not confirm your address, what you gave is deleted after %(days)s days.

## What is not done

- Nothing on these pages is fetched from another company, and nobody follows you from here.
- Your address is not shown to other members.

## How long, and your rights

Say how long accounts and posts are kept, on what lawful basis, and how somebody can see, correct or remove
what is kept about them.
""",
    days=UNCONFIRMED_KEPT.days,
)

TERMS = _(
    """**Whoever runs this hub must complete this page.**

## What you agree to

- Write as yourself, and say for whom you work when it matters to what you say.
- Keep to yourself what you may not share: personal data, and what was told in confidence.
- Archived social posts are shown as evidence. Private people in them stay unnamed.
- What you write here stays yours; others may quote it with your name.

## What you can rely on

An accepted answer is the choice of whoever asked. Guidance is the word of its group. Neither is legal advice.

## Who decides

Say who moderates, and what happens when somebody does not keep to this.
"""
)

COMPLAINTS = _(
    """**Whoever runs this hub must complete this page**: name the person and the address for complaints.

## Something on a page is wrong or harms you

Use *Report this page* at the foot of the page. You need no account. A moderator can take the thing out of
sight at once; what they decide, and why, is written down, and you are told if you leave an address.

## You disagree with a decision

Write to those who run this hub. Say which page it is about, what was decided, and what you want instead.

## You are still not content

Say here which body people can turn to next.
"""
)

ACCESSIBILITY = _(
    """**Whoever runs this hub must complete this page**: say when and how this hub was tested, and whom
to tell.

## How it is built

These pages are made to meet the Web Content Accessibility Guidelines 2.2, level AA. They work with a
keyboard, without scripts, at 400% zoom, on a narrow screen, in light and dark, and with high contrast.

## What may not work

- Pictures in archived posts have a description only when somebody wrote one.
- Files that members add are theirs; ask in the discussion if you need another form.

## Tell us

Say whom to write to when something cannot be used, and how soon they answer.
"""
)

TITLES = {
    "privacy": _("Privacy"),
    "terms": _("Terms"),
    "complaints": _("Complaints"),
    "accessibility": _("Accessibility statement"),
}
DEFAULTS = {"privacy": PRIVACY, "terms": TERMS, "complaints": COMPLAINTS, "accessibility": ACCESSIBILITY}


@cache
def _rendered_default(source: str) -> Markup:
    """Rendered once a process: reading never runs Markdown."""
    return Markup(render(source))


def unwrapped(source: str) -> str:
    """Each paragraph and point on one line. What people write keeps its line ends; in the texts above they
    are only there for whoever reads this file."""
    return re.sub(r"(?<=[^\n])\n(?=[^\n\-#])", " ", source)


def site_page(name: str) -> SitePage:
    """The page as it stands: as written, or the default. Raises KeyError for a name that is none."""
    title = str(TITLES[name])
    kept = (site().texts or {}).get(KEPT_UNDER, {}).get(name)
    if not kept:
        source = unwrapped(str(DEFAULTS[name]))
        return SitePage(name, title, source, _rendered_default(source), False, None)
    written = datetime.fromisoformat(kept["written_at"])
    return SitePage(name, title, kept["source"], Markup(kept["html"]), kept["complete"], written)


def incomplete_pages() -> list[SitePage]:
    """Those that nobody has said are complete."""
    return [page for page in map(site_page, TITLES) if not page.complete]
