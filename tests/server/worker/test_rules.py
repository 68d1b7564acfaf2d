"""Which runs may not be active at once, and which are tried again."""

from __future__ import annotations

import os
import signal

from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.locks import blockers_of
from jobyard_server.runs.models import JobResult

HOLDS = """
    import time
    from pathlib import Path

    from jobyard import Job, ObjectVar, MultiObjectVar, StringVar
    from nautobot.dcim.models import Region


    class Waiting(Job):
        def run(self, data, commit):
            self.log_info(message="in")
            while True:
                time.sleep(0.05)


    class OnRegion(Waiting):
        region = ObjectVar(model=Region)

        class Meta:
            locks = ["region:{region.slug}"]


    class OnRegions(Waiting):
        regions = MultiObjectVar(model=Region)

        class Meta:
            locks = ["region:{regions.slug}"]


    class Named(Waiting):
        name = StringVar()

        def lock_names(self, data):
            return [f"region:{data['name']}"]


    class Single(Waiting):
        class Meta:
            is_singleton = True


    class Two(Waiting):
        class Meta:
            run_limit = 2
"""


def begin(service, name, data=None) -> JobResult:
    result = service.submit("holds", name, data)
    service.turn_until(result.logs.exists)
    return result


def waits(service, result) -> list:
    """The runs that it waits for, after the worker had its chance to start it."""
    for _ in range(5):
        service.inbox.wake_up()
        service.loop.turn()
    assert service.read(result).worker is None
    return [item.id for item in blockers_of(service.read(result))]


def end(service, result) -> None:
    service.inbox.cancel(result.pk, "alice")
    service.turn_until(lambda: service.read(result).is_terminal)


def test_a_singleton_waits_for_itself(service):
    service.publish(holds=HOLDS)
    first = begin(service, "Single")
    second = service.submit("holds", "Single")

    assert waits(service, second) == [first.pk]
    end(service, first)
    service.turn_until(second.logs.exists)


def test_no_more_runs_of_a_job_are_active_than_its_limit(service):
    service.publish(holds=HOLDS)
    first, second = begin(service, "Two"), begin(service, "Two")
    third = service.submit("holds", "Two")

    assert waits(service, third) == [first.pk, second.pk]
    end(service, second)
    service.turn_until(third.logs.exists)


def test_a_lock_holds_across_jobs_and_is_had_in_the_order_of_asking(service):
    service.publish(holds=HOLDS)
    north, south = (Region.objects.create(name=name, slug=name) for name in ("north", "south"))
    first = begin(service, "OnRegion", {"region": str(north.pk)})
    both = service.submit("holds", "OnRegions", {"regions": [str(north.pk), str(south.pk)]})
    late = service.submit("holds", "OnRegion", {"region": str(south.pk)})

    assert first.locks == ["region:north"]
    assert both.locks == ["region:north", "region:south"]
    assert waits(service, both) == [first.pk]
    assert waits(service, late) == [both.pk]  # else those that need little would keep others waiting for ever
    end(service, first)
    service.turn_until(both.logs.exists)
    assert waits(service, late) == [both.pk]


def test_a_method_may_name_the_locks(service):
    service.publish(holds=HOLDS)
    first = begin(service, "Named", {"name": "north"})
    second = service.submit("holds", "Named", {"name": "north"})
    other = begin(service, "Named", {"name": "south"})

    service.turn_until(lambda: not service.read(second).names_locks)

    assert service.read(first).locks == ["region:north"]
    assert waits(service, second) == [first.pk]
    assert service.read(other).status == "running"
    end(service, first)
    service.turn_until(second.logs.exists)
    assert service.read(second).fence == 2


def test_a_method_that_raises_is_explained(service):
    service.publish(
        bad="""
        from jobyard import Job


        class Bad(Job):
            def lock_names(self, data):
                raise ValueError("no idea")

            def run(self, data, commit):
                pass
    """
    )

    result = service.run("bad", "Bad")

    assert (result.status, result.status_reason) == ("errored", "initialization")
    assert "ValueError: no idea" in service.rows(result)[0][2]


DIES = """
    import os, signal
    from jobyard import Job, StringVar


    class Dies(Job):
        word = StringVar()

        class Meta:
            idempotent = True
            max_retries = 2

        def run(self, data, commit):
            self.log_info(message=data["word"])
            os.kill(os.getpid(), signal.SIGKILL)


    class Careless(Dies):
        class Meta:
            max_retries = 2
"""


def test_only_a_job_that_may_be_repeated_is_tried_again_and_not_for_ever(service):
    service.publish(dies=DIES)

    service.run("dies", "Careless", {"word": "x"})
    assert JobResult.objects.count() == 1

    first = service.run("dies", "Dies", {"word": "secret"})
    service.turn_until(lambda: JobResult.objects.filter(attempt=3).exclude(completed=None).exists())
    runs = list(JobResult.objects.filter(max_retries=2).order_by("attempt"))

    assert [run.attempt for run in runs] == [1, 2, 3]
    assert [run.retry_of_id for run in runs] == [None, first.pk, runs[1].pk]
    assert {run.status_reason for run in runs} == {"process_died"}
    assert [service.rows(run)[0][2] for run in runs] == ["secret"] * 3
    assert [run.inputs for run in runs] == [{}] * 3  # kept as long as they are needed


def test_work_that_was_committed_is_not_done_again(service):
    service.publish(
        late="""
        import os, signal
        from jobyard import Job
        from nautobot.dcim.models import Region


        class Late(Job):
            class Meta:
                idempotent = True

            def run(self, data, commit):
                Region(name="North", slug="north").save()

            def post_run(self):
                os.kill(os.getpid(), signal.SIGKILL)
    """
    )

    result = service.run("late", "Late", commit=True)

    assert (result.status_reason, result.data_committed) == ("process_died", True)
    assert JobResult.objects.count() == 1
    assert Region.objects.count() == 1


def test_signals_of_the_limits_are_told_in_words(service, settings):
    settings.JOBYARD = {**settings.JOBYARD, "RUN_CPU_SECONDS": 1}
    service.publish(
        burns="""
        from jobyard import Job


        class Burns(Job):
            def run(self, data, commit):
                while True:
                    pass
    """
    )

    result = service.run("burns", "Burns")

    assert "more processor time than JOBYARD_RUN_CPU_SECONDS allows" in service.rows(result)[-1][2]
    assert os.WIFSIGNALED(signal.SIGXCPU)
