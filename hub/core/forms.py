"""Forms that lose nothing: a message beside the field, what was typed kept, sent twice is sent once."""

from datetime import datetime, timedelta
from uuid import uuid4

from flask import Flask, redirect, request
from flask_wtf import CSRFProtect, FlaskForm
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response
from wtforms import HiddenField

from . import clock
from .access import current_actor, judged_before
from .database import Base, UtcDateTime, db
from .jobs import job, scheduled

csrf = CSRFProtect()

# A page may lie open over a weekend before its form is sent again.
REMEMBERED = timedelta(days=7)


class SentForm(Base):
    """A form that was carried out, by the token it was shown with, and where that led."""

    __tablename__ = "sent_form"

    token: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    location: Mapped[str] = mapped_column(String(500))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)


class HubForm(FlaskForm):
    """A form of the hub. Views that write do

    form = AskForm()
    if (earlier := form.sent_before()):      # the same form, sent twice
        return earlier
    if form.validate_on_submit():
        question = ask_question(...)
        return form.done(question.path)
    return render_template(..., form=form), form.status
    """

    sent_token = HiddenField(default=lambda: str(uuid4()))

    def sent_before(self) -> Response | None:
        """The redirect that this very form led to when it was sent before, by the same person."""
        if request.method != "POST" or not self._token():
            return None
        location = db.session.scalar(
            select(SentForm.location).where(
                SentForm.token == self._token(),
                SentForm.person_id.is_not_distinct_from(current_actor().person_id),
            )
        )
        if not location:
            return None
        judged_before()
        return redirect(location, 303)

    def done(self, location: str) -> Response:
        """Remember that this form was carried out, in the same transaction, and lead on."""
        if self._token():
            db.session.add(
                SentForm(token=self._token(), person_id=current_actor().person_id, location=location)
            )
            db.session.flush()
        return redirect(location, 303)

    @property
    def status(self) -> int:
        """422 when the form was sent and something in it is to be mended."""
        return 422 if self.errors else 200

    def _token(self) -> str:
        token = self.sent_token.data or ""
        return token if len(token) == 36 else ""


def _sent_at_the_same_instant(problem: IntegrityError) -> Response:
    """Two copies of one form raced; the other won. Anything else is a failure."""
    db.session.rollback()
    token = request.form.get("sent_token", "")
    location = db.session.scalar(
        select(SentForm.location).where(
            SentForm.token == token, SentForm.person_id.is_not_distinct_from(current_actor().person_id)
        )
    )
    if location is None:
        raise problem
    return redirect(location, 303)


@job("forms.forget")
def forget() -> None:
    """Forget the tokens of forms sent long ago."""
    db.session.execute(delete(SentForm).where(SentForm.sent_at < clock.now() - REMEMBERED))


scheduled("forms.forget", timedelta(days=1))


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.register_error_handler(IntegrityError, _sent_at_the_same_instant)
