from django.urls import path

from concord.site.accounts import views

app_name = "accounts"
urlpatterns = [
    path("agencies/", views.agencies, name="agencies"),
    path("people/", views.agencies, name="people"),
]
