"""Times and strings as the reader reads them."""

from datetime import UTC, date, datetime

import pytest
from flask import g, render_template_string
from flask_babel import force_locale

from hub.accounts.models import Person
from hub.core.words import WORDS, words

SUMMER = datetime(2024, 7, 3, 13, 5, tzinfo=UTC)
WINTER = datetime(2024, 3, 3, 14, 5, tzinfo=UTC)


def shown(app, template, **context):
    with app.test_request_context("/"):
        return render_template_string(template, **context)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ at|moment }}", "3 July 2024, 14:05"),
        ("{{ at|moment_with_zone }}", "3 July 2024, 14:05 BST"),
        ("{{ at|day }}", "3 July 2024"),
        ("{{ at|machine_time }}", "2024-07-03T13:05:00Z"),
        ("{{ at|machine_day }}", "2024-07-03"),
    ],
)
def test_moments_are_in_the_readers_zone_and_machines_get_utc(app, template, text):
    assert shown(app, template, at=SUMMER) == text


def test_winter_is_an_hour_nearer(app):
    assert shown(app, "{{ at|moment_with_zone }}", at=WINTER) == "3 March 2024, 14:05 GMT"


def test_a_day_needs_no_hour(app):
    assert shown(app, "{{ at|day }} {{ at|machine_day }}", at=date(2024, 3, 3)) == "3 March 2024 2024-03-03"


def test_a_reader_elsewhere_reads_their_own_clock(app):
    with app.test_request_context("/"):
        g._login_user = Person(name="A", handle="a", email="a@example.org", time_zone="Asia/Tokyo")
        assert render_template_string("{{ at|moment }}", at=SUMMER) == "3 July 2024, 22:05"


def test_what_fills_a_string_is_escaped_and_the_string_is_not(app):
    page = shown(app, '{{ _("<b>%(name)s</b>", name=name) }}', name="<i>")
    assert page == "<b>&lt;i&gt;</b>"


def test_numbers_take_their_form_and_per_cent_signs_stay(app):
    template = (
        '{{ ngettext("%(num)s reply", "%(num)s replies", n) }} {{ _("400%% zoom") }} {{ _("100% so") }}'
    )
    assert shown(app, template, n=1) == "1 reply 400% zoom 100% so"
    assert shown(app, template, n=5) == "5 replies 400% zoom 100% so"


def test_months_follow_the_language(app):
    with app.test_request_context("/"), force_locale("gd"):
        assert render_template_string("{{ at|day }}", at=SUMMER) == "3 dhen Iuchar 2024"


@pytest.mark.parametrize("vocabulary", WORDS)
def test_every_code_has_words(app, vocabulary):
    with app.test_request_context("/"):
        for code in WORDS[vocabulary]:
            assert words(code, vocabulary)
        assert words("", vocabulary) == ""
        assert words("never_heard_of", vocabulary) == "never heard of"
