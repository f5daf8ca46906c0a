"""Put the secrets of all channels under the newest key."""

from __future__ import annotations

import json
from typing import Any

from notifications.secrets import reseal_all
from workflow.cli import Command as JiedianCommand


class Command(JiedianCommand):
    help = "Re-seal every channel's secrets under the first key of SECRETS_KEY, all or none"

    def act(self, **_options: Any) -> None:
        self.stdout.write(json.dumps({"resealed": reseal_all()}))
