from django.urls import path

from concord.site.demo import views

app_name = "demo"

urlpatterns = [
    path("tour/", views.tour, name="tour"),
    path("tour/sql/", views.sql, name="sql"),
]
