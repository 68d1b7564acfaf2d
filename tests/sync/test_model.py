"""
F201: random pushes, breakages, force-pushes, runs and cancellations, held against a model after each step.

The model says what people may rely on: the published commit is the head of the branch, a module that fails
keeps its last good version, nothing else goes away, and a run that was accepted keeps the code it was
accepted with until it ends. Kills, brokers and clocks have rows of their own (F21 to F31, F102 to F131).
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.sync.cast import SYNTAX_ERROR, good

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.registry.models import Job, Module
from jobyard_server.runs.cancel import request_cancel
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import RunRequest, submit

MODULES = ("one", "two", "three")
STEPS = 12

pytestmark = pytest.mark.django_db


class World:
    """A repository, what was done to it, and what must be true of it then."""

    def __init__(self, follow: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.serial = 0
        self.history = [{name: good("Job0") for name in MODULES}]  # files of each commit, the newest last
        self.followed = follow(self.files(self.history[0]))
        self.serving = dict(self.history[0])  # module to the text that is published
        self.user = User.objects.create(username="model", is_superuser=True)
        self.accepted: dict[Any, str] = {}  # runs that wait, and the revision that each was accepted with
        self.cancelled: set[Any] = set()

    @staticmethod
    def files(tree: dict[str, str]) -> dict[str, str]:
        return {f"jobs/{name}.py": text for name, text in tree.items()}

    def push(self, tree: dict[str, str]) -> None:
        before = self.history[-1]
        gone = {f"jobs/{name}.py": None for name in set(before) - set(tree)}
        self.followed.repo.commit({**self.files(tree), **gone, "marker": str(self.serial)})
        self.history.append(tree)

    def change_one(self) -> None:
        self.serial += 1
        self.push({**self.history[-1], self.chance.choice(MODULES): good(f"Job{self.serial}")})

    def break_one(self) -> None:
        self.serial += 1
        self.push({**self.history[-1], self.chance.choice(MODULES): SYNTAX_ERROR})

    def force_push(self) -> None:
        """The newest commits of the branch never were."""
        back = self.chance.randint(1, len(self.history) - 1) if len(self.history) > 1 else 0
        self.followed.repo.git("reset", "-q", "--hard", f"HEAD~{back}")
        del self.history[len(self.history) - back :]

    def sync(self) -> None:
        is_broken = SYNTAX_ERROR in self.history[-1].values()
        assert self.followed.sync().status == (statuses.FAILED if is_broken else statuses.COMPLETED)
        good_ones = {name: text for name, text in self.history[-1].items() if text != SYNTAX_ERROR}
        self.serving.update(good_ones)

    def run(self) -> None:
        job = self.chance.choice(list(Job.objects.filter(installed=True).order_by("job_class_name", "pk")))
        result = submit(RunRequest(job=job, user=self.user, data={"who": "you"}))
        self.accepted[result.pk] = result.revision.identifier

    def cancel(self) -> None:
        waiting = [key for key in self.accepted if key not in self.cancelled]
        if waiting:
            key = self.chance.choice(waiting)
            request_cancel(JobResult.objects.get(pk=key), self.user)
            self.cancelled.add(key)

    def check(self) -> None:
        rows = Module.objects.filter(source=self.followed.repository.source).select_related("revision")
        shown = {row.name: row for row in rows}
        assert self.followed.installed == sorted(_class_path(*item) for item in self.serving.items())
        assert self.followed.head == self.followed.repo.head
        for name, text in self.history[-1].items():
            assert bool(shown[name].load_error) == (text == SYNTAX_ERROR), name
        for result in JobResult.objects.filter(pk__in=self.accepted).select_related("revision"):
            assert result.revision.identifier == self.accepted[result.pk]
            wanted = statuses.CANCELLED if result.pk in self.cancelled else statuses.PENDING
            assert result.status == wanted


def _class_path(module: str, text: str) -> str:
    return f"{module}/{text.split('class ')[1].split('(', maxsplit=1)[0]}"


@pytest.mark.parametrize("seed", [1, 2])
def test_f201_after_any_steps_the_registry_is_what_the_model_says(follow, settings, seed):
    settings.JOBYARD = {**settings.JOBYARD, "ACCEPT_WITHOUT_WORKERS": True, "REMOVAL_LIMIT": 100}
    world = World(follow, seed)
    pushes = (world.change_one, world.break_one, world.force_push)

    for _step in range(STEPS):
        if world.chance.random() < 0.6:
            for _push in range(world.chance.randint(1, 2)):
                world.chance.choice(pushes)()
            world.sync()
        else:
            world.chance.choice((world.run, world.run, world.cancel))()
        world.check()
