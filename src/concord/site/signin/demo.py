"""Invented people who can sign in without a password, in a demonstration only."""

from dataclasses import dataclass
from uuid import UUID

from concord.site.signin.models import User
from concord.vocabulary import Role


@dataclass(frozen=True)
class DemoPerson:
    user: UUID
    name: str
    role: str
    agency: str


def users():
    return User.objects.filter(demo=True, is_active=True)


def people() -> list[DemoPerson]:
    """One a role, in the order of the roles: whoever of them was there first."""
    first: dict[Role, User] = {}
    for user in users().order_by("created_at", "pk"):
        if user.roles:
            first.setdefault(Role(user.roles[0]), user)
    return [
        DemoPerson(first[role].pk, first[role].name, role.label, first[role].agency_name)
        for role in Role
        if role in first
    ]
