from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

#: Roles, label, url name, icon.
PLACES = [
    (frozenset({Role.EVALUATOR}), _("Studies"), "study:studies", "folder_open"),
]
