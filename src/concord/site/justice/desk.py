"""The drafts of this room, and form pages that keep one while an action may still object."""

from http import HTTPStatus

from concord.site.bridge.actions import Objection
from concord.site.justice.models import Draft
from concord.site.pages import drafts

desk = drafts.Desk(Draft, "justice")


class FormView(drafts.DraftView):
    """A `DraftView` that puts what an action objects to beside the answers, and keeps the draft."""

    desk = desk

    def _submit(self, form):
        try:
            return super()._submit(form)
        except Objection as objection:
            for name, words in objection.found.items():
                form.add_error(name if name in form.fields else None, words)
            self.desk.keep(self.request, self.form_code, self.subject())
            return self._show(form, self._sent(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
