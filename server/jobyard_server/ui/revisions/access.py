"""Which revisions a user may look at: those of repositories that they may view, and of local jobs."""

from __future__ import annotations

import uuid

from django.http import Http404

from jobyard_server.access.models import User
from jobyard_server.registry.models import Revision
from jobyard_server.registry.visible import may_view_source


def revision_or_404(user: User, pk: uuid.UUID) -> Revision:
    """
    The revision with its source and repository.

    Raises:
        Http404: There is none, or it is out of reach.
    """
    rows = Revision.objects.select_related("source__git_repository", "source__revision")
    revision = rows.filter(pk=pk).first()
    if revision is None or not may_view_source(user, revision.source):
        raise Http404
    return revision
