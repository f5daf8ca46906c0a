"""What an alarm says: what is wrong since when, and what to do about it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.channels.advice import advice
from notifications.models import Alarm, ChannelKind

Cause = Alarm.Cause


def about(alarm: Alarm) -> str:
    """The channel that the alarm is about, by its name."""
    if alarm.via:
        return alarm.via.name
    return str(ChannelKind(alarm.channel).label) if alarm.channel else ""


def headline(alarm: Alarm, *, well: bool = False) -> str:
    """In one sentence without its full stop, times in the time zone that is active."""
    since = f"{timezone.localtime(alarm.since):%Y-%m-%d %H:%M}"
    facts = {"since": since, "channel": about(alarm)}
    words = {
        Cause.LATE: _("Reminders are late: the oldest has waited since %(since)s"),
        Cause.SCAN: _("The day's reminders, due at %(since)s, have not been written"),
        Cause.BEAT: _("The clock process (beat) has been silent since %(since)s"),
        Cause.CHANNEL: _("Nothing has gone out through “%(channel)s” since %(since)s"),
    }
    again = {
        Cause.LATE: _("Well again: reminders go out on time, they were late since %(since)s"),
        Cause.SCAN: _("Well again: the reminders that were due at %(since)s have been written"),
        Cause.BEAT: _("Well again: the clock process (beat), silent since %(since)s, is back"),
        Cause.CHANNEL: _("Well again: “%(channel)s”, which had failed since %(since)s, works"),
    }
    return (again if well else words)[Cause(alarm.cause)] % facts


def todo(alarm: Alarm) -> str:
    """What to do about it."""
    if alarm.cause == Cause.CHANNEL:
        reason, remedy = advice(alarm.channel, *_code_and_words(alarm.said))
        return _("Reason: %(reason)s. %(remedy)s") % {"reason": reason, "remedy": remedy}
    return {
        Cause.LATE: _("Look at the ledger: is a channel failing, are workers running? Nothing is lost."),
        Cause.SCAN: _("See that a worker and beat are running; missed days are made up for by themselves."),
        Cause.BEAT: _("Have whoever operates the server start beat again; nothing is lost meanwhile."),
    }[Cause(alarm.cause)]


def _code_and_words(said: str) -> tuple[str, str]:
    code, _space, words = said.partition(" ")
    return (code, words) if len(code) <= 40 else ("", said)
