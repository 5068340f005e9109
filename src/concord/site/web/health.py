"""Whether this process answers; says nothing else."""

from django.http import HttpResponse


def alive(request):
    return HttpResponse("ok", content_type="text/plain")
