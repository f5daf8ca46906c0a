"""Addresses of the settings of an office and of its audit trail."""

from __future__ import annotations

from django.urls import path

from workflow.views import calendar, delegations, people, posts, routing, settings

urlpatterns = [
    path("settings/", settings.overview, name="settings"),
    path("settings/people/", people.people, name="settings-people"),
    path("settings/people/new/", people.new_person, name="settings-person-new"),
    path("settings/people/<int:user_id>/", people.person, name="settings-person"),
    path("settings/people/<int:user_id>/leave/", people.leave, name="settings-person-leave"),
    path("settings/people/<int:user_id>/return/", people.come_back, name="settings-person-return"),
    path("settings/people/<int:user_id>/password/", people.password, name="settings-person-password"),
    path("settings/posts/", posts.posts, name="settings-posts"),
    path("settings/posts/<int:post_id>/", posts.post, name="settings-post"),
    path(
        "settings/posts/<int:post_id>/holders/<int:appointment_id>/relieve/",
        posts.relieve,
        name="settings-post-relieve",
    ),
    path("settings/delegations/", delegations.delegations, name="settings-delegations"),
    path(
        "settings/delegations/<int:delegation_id>/revoke/",
        delegations.revoke,
        name="settings-delegation-revoke",
    ),
    path("settings/routing/", routing.rules, name="settings-routing"),
    path("settings/routing/add/", routing.add, name="settings-routing-add"),
    path("settings/routing/question/", routing.question, name="settings-routing-question"),
    path("settings/routing/<int:rule_id>/", routing.change, name="settings-routing-change"),
    path("settings/routing/<int:rule_id>/move/", routing.move, name="settings-routing-move"),
    path("settings/routing/<int:rule_id>/remove/", routing.remove, name="settings-routing-remove"),
    path("settings/calendar/", calendar.days, name="settings-calendar"),
    path("settings/calendar/day/", calendar.set_day, name="settings-calendar-day"),
    path("settings/calendar/paste/", calendar.paste, name="settings-calendar-paste"),
    path("settings/calendar/<str:day>/remove/", calendar.remove, name="settings-calendar-remove"),
]
