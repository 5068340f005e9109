"""The tour's two pages; only in demo mode."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from concord.site.demo import attempts, footsteps, steps
from concord.vocabulary import Role, Sector


@dataclass(frozen=True)
class _Shown:
    """A step as a page shows it. `done` is None where it is somebody else's to know."""

    step: steps.Step
    done: bool | None


@require_safe
def tour(request):
    """All chapters; ticks only of the viewer's own steps."""
    been = footsteps.done(request)
    chapters = [
        {
            "chapter": chapter,
            "role": Role(chapter.who.roles[0]).label,
            "own": chapter.who.id == request.viewer.staff,
            "steps": [_Shown(step, _is_done(step, request, been)) for step in chapter.steps],
        }
        for chapter in steps.CHAPTERS
    ]
    minutes = sum(chapter["chapter"].minutes for chapter in chapters)
    return render(request, "demo/tour.html", {"chapters": chapters, "minutes": minutes, "nobody": steps.NOBODY})


def _is_done(step: steps.Step, request, been: set[str]) -> bool | None:
    if step.who.id != request.viewer.staff:
        return None
    if step.check:
        return step.check(request.viewer, request.user.created_at)
    return step.code in been


@require_http_methods(["GET", "HEAD", "POST"])
def sql(request):
    """Fixed statements only, and only for the police of the demo: what the database answers to them."""
    if request.viewer.sector is not Sector.LAW_ENFORCEMENT:
        raise Http404
    tried = attempts.BY_CODE.get(request.POST.get("attempt", ""))
    every = request.POST.get("attempt") == "all"
    shown = [
        {"attempt": attempt, "answer": attempts.run(attempt) if every or attempt is tried else None}
        for attempt in attempts.ATTEMPTS
    ]
    return render(request, "demo/sql.html", {"shown": shown, "tour_url": reverse("demo:tour")})
