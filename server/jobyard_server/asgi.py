"""What an ASGI server runs: Django behind the limit for the size of a request, and live streams beside it."""

from __future__ import annotations

import os
from typing import cast

import django
from asgiref.typing import ASGI3Application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobyard_server.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  # after the setup

from jobyard_server.asgi_handler import SyncChainHandler  # noqa: E402  # see above
from jobyard_server.database.patience import limit_requests  # noqa: E402  # see above
from jobyard_server.live.streams import Streams  # noqa: E402  # see above
from jobyard_server.request_limit import RequestLimit  # noqa: E402  # see above
from jobyard_server.ui.assets import collect_assets  # noqa: E402  # see above

limit_requests()
collect_assets()  # before the handler is made, which looks for the files once

application = Streams(
    RequestLimit(
        cast(ASGI3Application, SyncChainHandler()),
        limit=settings.JOBYARD["REQUEST_MAX_BYTES"],
        smaller={"/webhooks/": settings.JOBYARD["WEBHOOK_MAX_BYTES"]},
    )
)
