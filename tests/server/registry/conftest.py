from __future__ import annotations

import pytest


@pytest.fixture
def source(db):
    from tests.server.registry.cast import git_source  # models: only after Django is set up

    return git_source("netops")


@pytest.fixture
def put(source):
    """``put(letter, *reports, of=source)`` publishes reports as a revision of the source."""
    from tests.server.registry.cast import put  # see above

    return lambda letter, *reports, of=source: put(of, letter, reports)


@pytest.fixture
def listen(transactional_db):
    """``with listen(channel) as heard: …``; ``heard()`` is the next payload, within five seconds."""
    from tests.server.registry.cast import listening  # see above

    return listening
