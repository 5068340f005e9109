"""Who may sign in. In a database of its own: an injection into another store finds no session and no password hash."""

import datetime as dt
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from concord.law.wall import Viewer
from concord.vocabulary import Role, Sector


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A sign-in. Carries, as plain columns, what the wall must know before any other store is opened; the hub's Staff
    row of the same `staff_id` is what others see. Both change in one action (`accounts.actions`), the hub first."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    staff_id = models.UUIDField(unique=True)
    agency_id = models.UUIDField()
    agency_name = models.CharField(max_length=120)
    sector = models.CharField(max_length=30, choices=Sector.choices())
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices()))
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False, help_text="A demo account: no second factor, in demo mode only")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        indexes = [models.Index(fields=["agency_id"])]

    def __str__(self):
        return f"user {self.pk}"

    def viewer(self) -> Viewer:
        return Viewer(
            staff=self.staff_id,
            agency=self.agency_id,
            sector=Sector(self.sector),
            roles=frozenset(Role(r) for r in self.roles),
        )

    @property
    def is_staff(self) -> bool:  # Django's sense of the word; nobody here has an admin site
        return False

    def has_perm(self, perm, obj=None) -> bool:
        return False

    def has_module_perms(self, app_label) -> bool:
        return False


class Session(AbstractBaseSession):
    """One browser that is signed in, or on its way there."""

    user_id = models.UUIDField(null=True, db_index=True)

    def __str__(self):
        return "session"

    @classmethod
    def get_session_store_class(cls):
        return import_module(settings.SESSION_ENGINE).SessionStore


class Invitation(models.Model):
    """A link that works once: whoever holds it sets the user's password. Kept as a digest; the link is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by_id = models.UUIDField(null=True, help_text="Staff id; none for the first administrator")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"invitation {self.pk}"

    def is_open(self, now: dt.datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and now < self.expires_at
