from __future__ import annotations

import django
import pytest
from django.apps import apps


def pytest_pycollect_makemodule() -> None:
    """The test modules import models, so Django must be set up before they are collected."""
    if not apps.ready:
        django.setup()


@pytest.fixture
def source(db):
    """The repository that hooks stand for, and its source."""
    from tests.server.api.cast import git_source  # models: only after Django is set up

    return git_source("lab")


@pytest.fixture
def make_hook(source):
    """``make_hook("github")``: a hook of that provider and its secret."""
    from jobyard_server.webhooks.hooks import create_hook  # see above

    return lambda provider, **values: create_hook(source.git_repository, provider=provider, **values)
