"""What somebody is still typing."""

from concord.law.wall import Compartment, Walled
from concord.site.pages import drafts


class Draft(drafts.DraftBase):
    """One person's unfinished lead, arrest or roster; nobody else reads it."""

    wall = Walled(Compartment.DESK, audited=False)  # the chain would keep what was typed and thrown away

    def __str__(self):
        return f"draft {self.pk}"
