"""Which apps' static files are served."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder


class OwnFinder(AppDirectoriesFinder):
    """Every app's but viewflow's, whose pages are not ours and whose style sheets name fonts it lacks."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        ours = [app.name for app in apps.get_app_configs() if not app.name.startswith("viewflow")]
        super().__init__(app_names or ours, *args, **kwargs)
