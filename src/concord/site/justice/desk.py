"""The drafts of this room."""

from concord.site.justice.models import Draft
from concord.site.pages import drafts

desk = drafts.Desk(Draft, "justice")


class FormView(drafts.DraftView):
    """A form of this room, kept while it is typed."""

    desk = desk
