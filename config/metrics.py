"""What Prometheus reads at /metrics: how the sending of messages stands, read from the ledger when asked."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from notifications import cockpit
from notifications.heartbeats import pulse
from workflow.models import Office

PLACE = ["office", "channel", "name"]


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever brings METRICS_TOKEN as a bearer token; to everybody else there is no such page."""
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Sending())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    expected = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(expected) and hmac.compare_digest(given.encode(), f"Bearer {expected}".encode())


class Sending(Collector):
    """The cockpit of every office as gauges, in six queries whatever there is."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()  # nothing is read to register it

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        codes = dict(Office.objects.values_list("pk", "code"))
        lines = cockpit.lines(now=now)
        places = [([codes[line.office_id], line.channel, line.name], line) for line in lines]
        for name, words, value in (
            ("queue_messages", "Messages that wait to be sent.", lambda one: one.waiting),
            ("queue_due_messages", "Messages that should have gone out by now.", lambda one: one.due),
            ("queue_sending_messages", "Messages that a worker is sending.", lambda one: one.sending),
            ("oldest_waiting_seconds", "How long the oldest due message has waited.",
             lambda one: (now - one.oldest).total_seconds() if one.oldest else 0),
            ("sent_today", "Messages sent since midnight.", lambda one: one.sent),
            ("failed_attempts_today", "Attempts that failed since midnight.", lambda one: one.failed),
            ("channel_failing_seconds", "For how long nothing has gone through the channel, 0 if it works.",
             lambda one: (now - one.failing_since).total_seconds() if one.failing_since else 0),
        ):  # fmt: skip
            gauge = GaugeMetricFamily(f"jiedian_{name}", words, labels=PLACE)
            for labels, line in places:
                gauge.add_metric(labels, value(line))
            yield gauge
        alive = pulse(now)
        if alive.beat_seconds is not None:
            yield _gauge("beat_seconds", "Seconds since beat's last tick.", alive.beat_seconds)
        yield _gauge("workers", "Workers that took a task lately.", len(alive.workers))
        yield _gauge("redis_up", "Whether Redis answers.", int(cockpit.redis_answers()))


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"jiedian_{name}", words, value=value)
