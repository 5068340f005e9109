from django.urls import path

from concord.site.reporting import views

app_name = "reporting"

urlpatterns = [
    path("board/", views.board, name="board"),
    path("counts/", views.counts, name="counts"),
]
