"""A scoring scheme's form, as a browser sends it."""

from __future__ import annotations

from approvals.scheme_form import SchemeForm


def typed(form: SchemeForm) -> dict[str, str]:
    """What the form shows, so that sending it changes nothing."""
    data: dict[str, str] = {}
    for part in (form.general, form.rule, *form.specials, *form.bands):
        for field in part:
            value = field.value()
            if value is True:
                data[field.html_name] = "on"
            elif value is not None and value is not False:
                data[field.html_name] = str(value)
    return data
