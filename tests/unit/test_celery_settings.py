"""The Celery settings on which it rests that nothing is lost, doubled or kept waiting."""

from __future__ import annotations

import inspect

import pytest

from config.celery import app
from notifications import delivery, doorbell

TRANSPORT = app.conf.broker_transport_options
SCHEDULE = app.conf.beat_schedule


@pytest.fixture(scope="module")
def tasks() -> dict:
    """Our own tasks, as a worker knows them."""
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_only_json_is_spoken():
    assert app.conf.task_serializer == "json"
    assert app.conf.result_serializer == "json"
    assert app.conf.accept_content == ["json"]


def test_no_results_are_kept():
    assert app.conf.task_ignore_result is True
    assert app.conf.result_backend is None


def test_a_task_of_a_worker_that_dies_is_done_again():
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_a_running_task_is_over_before_the_broker_gives_it_to_another_worker():
    assert TRANSPORT["visibility_timeout"] == 300
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < TRANSPORT["visibility_timeout"]
    assert app.conf.task_soft_time_limit > delivery.SWEEP_SECONDS
    assert TRANSPORT["unacked_restore_interval"] == 10


def test_a_broker_that_hangs_is_noticed_in_seconds():
    assert 3 <= TRANSPORT["socket_timeout"] <= 5
    assert 3 <= TRANSPORT["socket_connect_timeout"] <= 5


def test_a_request_does_not_wait_for_the_broker():
    assert app.conf.task_publish_retry is False
    assert doorbell.PATIENCE < 0.5


def test_a_worker_waits_for_a_broker_that_is_away():
    assert app.conf.broker_connection_retry_on_startup is True
    assert app.conf.broker_connection_max_retries is None


def test_beat_starts_tasks_that_exist_and_nothing_later_than_now(tasks):
    for name, entry in SCHEDULE.items():
        assert entry["task"] in tasks, name
        assert not {"countdown", "eta"} & entry["options"].keys(), name
        assert not {"args", "kwargs"} & entry.keys(), name


def test_a_tick_that_waited_longer_than_its_interval_is_dropped():
    for name, entry in SCHEDULE.items():
        assert 0 < entry["options"]["expires"] <= entry["schedule"], name


def test_every_task_takes_ids_only(tasks):
    assert tasks.keys() >= {entry["task"] for entry in SCHEDULE.values()} | {"notifications.deliver"}
    for name, task in tasks.items():
        for argument in inspect.signature(task.run).parameters.values():
            assert argument.name.endswith(("_id", "_ids")), f"{name}: {argument}"
            assert argument.annotation in ("int", "list[int]"), f"{name}: {argument}"


def test_no_task_sets_aside_what_the_settings_promise(tasks):
    for name, task in tasks.items():
        assert task.acks_late is True, name
        assert task.ignore_result is True, name
