"""What job files read from ``django.conf.settings``."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings

from jobyard_server.isolation.environment import environment
from jobyard_server.isolation.reseed import reseed

READ = """
import json
from django.conf import settings
names = ["JOBS_ROOT", "GIT_ROOT", "CELERY_TASK_DEFAULT_QUEUE", "PLUGINS", "PLUGINS_CONFIG", "TIME_ZONE"]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def test_job_files_find_the_settings_that_they_know():
    options = {
        **settings.JOBYARD,
        "TIME_ZONE": "Europe/Zurich",
        "JOBS_ROOT": Path("/srv/jobs"),
        "DATA_DIR": Path("/srv/data"),
        "PLUGINS_CONFIG": {"my_plugin": {"url": "https://example.net"}},
    }

    done = subprocess.run(
        [sys.executable, "-c", READ], env=environment(options), capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == {
        "JOBS_ROOT": "/srv/jobs",
        "GIT_ROOT": "/srv/data/mirrors",
        "CELERY_TASK_DEFAULT_QUEUE": "default",
        "PLUGINS": [],
        "PLUGINS_CONFIG": {"my_plugin": {"url": "https://example.net"}},
        "TIME_ZONE": "Europe/Zurich",
    }


LISTED = """
import json
from django.conf import settings
import jobyard_server.isolation.child_settings as own
print(json.dumps({name: value for name, value in vars(own).items() if name.isupper()}, default=str))
"""


def test_zy02_zy06_op21_nothing_of_the_service_is_in_the_settings_of_children():
    """And nothing of a run: its login, inputs and limits come after the fork."""
    options = {**settings.JOBYARD, "SECRET_KEY": "s" * 60, "BROKER_URL": "redis://:hidden@127.0.0.1/0"}

    done = subprocess.run(
        [sys.executable, "-c", LISTED], env=environment(options), capture_output=True, text=True, check=True
    )

    known = json.loads(done.stdout)
    assert known.pop("DATABASES") == {
        "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "jobyard", "OPTIONS": {}}
    }
    assert set(known) == {
        *("SECRET_KEY", "DEBUG", "USE_TZ", "TIME_ZONE", "LANGUAGE_CODE", "USE_I18N", "DEFAULT_AUTO_FIELD"),
        *("AUTH_USER_MODEL", "AUTHENTICATION_BACKENDS", "LOGGING_CONFIG", "ROOT_URLCONF", "JOBS_ROOT"),
        *(
            "GIT_ROOT",
            "CELERY_TASK_DEFAULT_QUEUE",
            "PLUGINS",
            "PLUGINS_CONFIG",
            "BANNER_TOP",
            "BANNER_BOTTOM",
        ),
        *("MEDIA_ROOT", "IMAGE_MAX_BYTES", "INSTALLED_APPS"),
    }
    assert known["SECRET_KEY"] not in ("s" * 60, settings.SECRET_KEY)
    assert "hidden" not in done.stdout


def test_op21_authors_and_mirrors_need_no_django():
    look = "import sys, jobyard, jobyard_repos; print('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_zy08_generators_that_libraries_keep_are_seeded_anew(monkeypatch):
    seeded = []
    library = SimpleNamespace(random=SimpleNamespace(seed=lambda: seeded.append("numpy")))
    monkeypatch.setitem(sys.modules, "numpy", library)
    state = random.getstate()

    reseed()

    assert seeded == ["numpy"]
    assert random.getstate() != state
