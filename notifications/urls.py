"""Addresses of what an office sets about telling people."""

from __future__ import annotations

from django.urls import path

from notifications import (
    views_answer,
    views_channels,
    views_feed,
    views_ledger,
    views_policy,
    views_policy_history,
    views_rules,
)

urlpatterns = [
    path("a/<str:token>/", views_answer.answer, name="answer"),
    path("notices/unsubscribe/<str:token>/", views_answer.stop_mail, name="unsubscribe"),
    path("nodes/<int:number>/told/", views_answer.told, name="node-told"),
    path("deferrals/<int:request_id>/told/", views_answer.told_of_deferral, name="deferral-told"),
    path("calendar/<str:secret>.ics", views_feed.feed, name="calendar-feed"),
    path("profile/calendar/", views_feed.own_feed, name="profile-calendar"),
    path("settings/messages/", views_ledger.ledger, name="settings-messages"),
    path("settings/messages/export/", views_ledger.export, name="settings-messages-export"),
    path("settings/messages/proof/", views_ledger.proof_file, name="settings-messages-proof"),
    path("settings/messages/retry/", views_ledger.retry_all, name="settings-messages-retry"),
    path("settings/messages/<int:row_id>/", views_ledger.message, name="settings-message"),
    path("settings/messages/<int:row_id>/retry/", views_ledger.retry, name="settings-message-retry"),
    path("settings/messages/<int:row_id>/mute/", views_ledger.mute, name="settings-message-mute"),
    path("settings/messages/<int:row_id>/unmute/", views_ledger.unmute, name="settings-message-unmute"),
    path("settings/reminders/", views_policy.reminders, name="settings-reminders"),
    path("settings/reminders/add/", views_rules.add, name="settings-rule-add"),
    path("settings/reminders/rules/<slug:name>/", views_rules.change, name="settings-rule"),
    path("settings/reminders/rules/<slug:name>/move/", views_rules.move, name="settings-rule-move"),
    path("settings/reminders/rules/<slug:name>/switch/", views_rules.switch, name="settings-rule-switch"),
    path("settings/reminders/rules/<slug:name>/remove/", views_rules.remove, name="settings-rule-remove"),
    path("settings/reminders/history/", views_policy_history.history, name="settings-reminders-history"),
    path(
        "settings/reminders/history/<int:version>/",
        views_policy_history.restore,
        name="settings-reminders-restore",
    ),
    path("settings/channels/", views_channels.channels, name="settings-channels"),
    path("settings/channels/add/", views_channels.choose, name="settings-channel-kinds"),
    path("settings/channels/add/<slug:kind>/", views_channels.add, name="settings-channel-add"),
    path("settings/channels/<int:channel_id>/", views_channels.change, name="settings-channel-change"),
    path("settings/channels/<int:channel_id>/test/", views_channels.test, name="settings-channel-test"),
    path("settings/channels/<int:channel_id>/switch/", views_channels.switch, name="settings-channel-switch"),
    path("settings/channels/<int:channel_id>/remove/", views_channels.remove, name="settings-channel-remove"),
    path(
        "settings/people/<int:user_id>/addresses/",
        views_channels.addresses,
        name="settings-person-addresses",
    ),
]
