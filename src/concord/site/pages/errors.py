"""What is said when a page cannot be shown: one row a status. The template `pages/error.html` needs `status` alone."""

from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    title: str
    what: str
    steps: tuple[str, ...]


# For what is not there and for what is not hers to see alike: a difference would tell her that it exists.
NOT_SHOWN = Words(
    _("This page cannot be shown"),
    _("There is no such page, or it is not open to you."),
    (_("Check the address, if you typed it."), _("Ask whoever keeps the record, if you need to see it for your work.")),
)

BY_STATUS = {
    HTTPStatus.FORBIDDEN: NOT_SHOWN,
    HTTPStatus.NOT_FOUND: NOT_SHOWN,
    HTTPStatus.BAD_REQUEST: Words(
        _("This could not be read"),
        _("What your browser sent was cut off or altered on its way."),
        (_("Go back, load the page again and repeat the last step."),),
    ),
    HTTPStatus.MISDIRECTED_REQUEST: Words(
        _("This page lives on another server"),
        _("The records you asked for are kept by an installation of their own."),
        (_("Use the address that your agency gave you for them."),),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Words(
        _("These records cannot be reached just now"),
        _("Their database does not answer. What was saved is safe."),
        (_("Try again in a few minutes. An open form keeps what you typed."),),
    ),
}
FAILED = Words(
    _("Something failed on our side"),
    _("The last step was not carried out. Nothing was half saved."),
    (_("Try once more in a minute."), _("If it fails again, tell whoever runs your system.")),
)
RING_LOST = Words(
    _("Your agency's keys cannot be found"),
    _("The files are where they were. What opens them is missing on this machine."),
    (
        _("Tell whoever runs your system: the copy of the key rings must be put back."),
        _("Until then enter nothing. On paper it is safe."),
    ),
)
HUB_AWAY = Words(
    _("The task force's hub does not answer just now"),
    _("Referrals, calls for an advocate, sealed copies and the directory are kept there. Nothing was sent or changed."),
    (
        _("Your own client files work as always."),
        _("Try again in a few minutes. An open form keeps what you typed."),
        _("If it is urgent, call. If it stays so, tell whoever runs your system."),
    ),
)
STALE = Words(
    _("This page was open for too long"),
    _("To protect the record, the last step was not carried out."),
    (
        _("Go back, load the page again and repeat the last step."),
        _("Sign in again, if you are asked to. Drafts are kept."),
    ),
)


def words(status):
    return BY_STATUS.get(status, FAILED)
