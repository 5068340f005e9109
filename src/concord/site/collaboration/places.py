from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

_READERS = frozenset({Role.COORDINATOR, Role.SURVIVOR_ADVISOR, Role.EVALUATOR})

#: Roles, label, url name, icon.
PLACES = [
    (_READERS, _("Meetings"), "collaboration:meetings", "groups"),
    (_READERS, _("Protocols"), "collaboration:protocols", "list"),
    (frozenset({Role.COORDINATOR}), _("Training and outreach"), "collaboration:trainings", "school"),
]
