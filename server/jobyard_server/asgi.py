"""What an ASGI server runs: Django behind the limit for the size of a request."""

from __future__ import annotations

import os
from typing import cast

from asgiref.typing import ASGI3Application
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobyard_server.settings")
django_application = get_asgi_application()  # sets Django up, so it comes before the settings are read

from django.conf import settings  # noqa: E402  # see above

from jobyard_server.request_limit import RequestLimit  # noqa: E402  # see above

application = RequestLimit(
    cast(ASGI3Application, django_application), limit=settings.JOBYARD["REQUEST_MAX_BYTES"]
)
