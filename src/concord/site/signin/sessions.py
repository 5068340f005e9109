"""Sessions in the sign-in database, each with the user it belongs to, so that all of hers end in one statement."""

from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from concord.site.signin.models import Session


class SessionStore(db.SessionStore):
    """`SESSION_ENGINE`."""

    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        session = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return session


def end_of(user: UUID, *, but: str | None = None) -> int:
    """End every session of a user, except the one with the key `but`; returns how many there were."""
    ended, _ = Session.objects.filter(user_id=user).exclude(session_key=but).delete()
    return ended


def end_all() -> int:
    """End every session there is: after a restore nobody stays signed in."""
    ended, _ = Session.objects.all().delete()
    return ended
