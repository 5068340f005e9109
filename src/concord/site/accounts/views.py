from django.shortcuts import render


def agencies(request):
    return render(request, "pages/list.html", {"title": "Agencies"})
