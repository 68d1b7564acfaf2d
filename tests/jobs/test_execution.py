"""Which methods are called, in which order, and what a run becomes (§8 of the behaviour paper)."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest
from tests.jobs.fakes import context

from jobyard.errors import AbortTransaction, RunCancelled, SoftTimeLimitExceeded
from jobyard.events import GroupOpened, LogRow, Result, Started
from jobyard.execution import execute, initialization_failure
from jobyard.interrupts import CANCEL_SIGNAL, SOFT_LIMIT_SIGNAL
from jobyard.job import Job
from jobyard.variables import StringVar

REVERTED = ("info", "Database changes have been reverted automatically.")
REVERTED_BY_ERROR = ("info", "Database changes have been reverted due to error.")


@pytest.fixture
def run(sink, database):
    """Run a class with fakes; returns the result."""

    def run_class(job_class, **values):
        return execute(job_class, context(**values), sink=sink, database=database)

    return run_class


@pytest.fixture
def rows(sink):
    """Level and message of each row so far."""
    return lambda: [(row.level, row.message) for row in sink.events if isinstance(row, LogRow)]


class Good(Job):
    def run(self, data, commit):
        self.log_success(message="fine")

    def post_run(self):
        pass


class Flagged(Job):
    def run(self, data, commit):
        self.log_failure("bad")

    def post_run(self):
        pass


class Raising(Job):
    def run(self, data, commit):
        raise ValueError("broken")

    def test_never(self):
        raise AssertionError("not called after an exception")

    def post_run(self):
        self.log(f"{self.failed} {self.result.status}")


class Aborting(Job):
    def run(self, data, commit):
        raise AbortTransaction("enough")

    def test_never(self):
        raise AssertionError("remaining tests are skipped")

    def post_run(self):
        self.log(f"{self.failed} {self.result.status}")


class TestOutcomes:
    """The rows of the table in §8.3."""

    def test_row_1_a_good_run_is_kept(self, run, rows, database):
        result = run(Good, commit=True)

        assert (result.status, result.reason, result.data_committed) == ("completed", None, True)
        assert database.ends == {"main": "committed", "post_run": "committed"}
        assert rows() == [("success", "fine")]

    def test_row_2_a_good_dry_run_is_reverted_and_says_so(self, run, rows, database):
        result = run(Good, commit=False)

        assert (result.status, result.data_committed) == ("completed", False)
        assert database.ends == {"main": "reverted", "post_run": "reverted"}
        assert rows() == [("success", "fine"), REVERTED]

    def test_row_3_a_failure_row_does_not_roll_back(self, run, rows, database):
        result = run(Flagged, commit=True)

        assert (result.status, result.reason) == ("failed", "failure_logged")
        assert result.data_committed
        assert database.ends == {"main": "committed", "post_run": "committed"}
        assert rows() == [("failure", "bad")]

    def test_row_4_a_failed_dry_run_is_reverted(self, run, rows, database):
        result = run(Flagged)

        assert (result.status, result.reason) == ("failed", "failure_logged")
        assert database.ends["main"] == "reverted"
        assert rows()[-1] == REVERTED

    def test_row_5_an_exception_reverts_run_and_keeps_post_run(self, run, rows, database):
        result = run(Raising, commit=True)

        assert (result.status, result.reason, result.data_committed) == ("errored", "exception", False)
        assert database.ends == {"main": "reverted", "post_run": "committed"}
        (level, message), reverted, last = rows()
        assert level == "failure"
        assert message.startswith("An exception occurred: `ValueError: broken`\n```\nTraceback")
        assert message.endswith("ValueError: broken\n```")
        assert (reverted, last) == (REVERTED_BY_ERROR, ("default", "True errored"))

    def test_row_6_an_exception_in_a_dry_run_reverts_both(self, run, database):
        result = run(Raising)

        assert (result.status, result.reason) == ("errored", "exception")
        assert database.ends == {"main": "reverted", "post_run": "reverted"}

    @pytest.mark.parametrize("job_class", [Good, Flagged, Raising, Aborting])
    def test_row_7_a_read_only_job_changes_nothing_and_says_nothing_of_it(
        self, run, rows, database, job_class
    ):
        run(job_class, commit=True, read_only_override=True)

        assert database.ends == {"main": "reverted", "post_run": "reverted"}
        assert not [message for _, message in rows() if "reverted" in message]

    @pytest.mark.parametrize("commit", [True, False])
    def test_row_8_abort_transaction_is_no_error(self, run, rows, database, commit):
        result = run(Aborting, commit=commit)

        assert (result.status, result.reason) == ("completed", None)
        assert database.ends == {"main": "reverted", "post_run": "committed" if commit else "reverted"}
        assert rows() == [REVERTED, ("default", "False completed")]

    def test_row_8_abort_transaction_after_a_failure_row_is_failed(self, run):
        class FailsFirst(Job):
            def run(self, data, commit):
                self.log_failure("bad")
                raise AbortTransaction

        assert run(FailsFirst, commit=True).reason == "failure_logged"

    def test_row_9_the_soft_limit_that_leaves_the_method_times_out(self, run, rows, database):
        class Slow(Job):
            def run(self, data, commit):
                os.kill(os.getpid(), SOFT_LIMIT_SIGNAL)
                raise AssertionError("the signal comes first")

            def post_run(self):
                self.log(self.result.status)

        result = run(Slow, commit=True)

        assert (result.status, result.reason) == ("timed_out", "soft_time_limit")
        assert database.ends == {"main": "reverted", "post_run": "committed"}
        assert [level for level, _ in rows()] == ["failure", "info", "default"]
        assert rows()[1:] == [REVERTED_BY_ERROR, ("default", "timed_out")]

    def test_row_11_a_cancelled_run_is_reverted_and_names_who_did_it(self, run, rows, database):
        class Cancelled(Job):
            def run(self, data, commit):
                try:
                    os.kill(os.getpid(), CANCEL_SIGNAL)
                except Exception:  # noqa: BLE001  # authors catch everything they can
                    raise AssertionError("must pass through except Exception") from None

            def test_never(self):
                raise AssertionError("not called")

            def post_run(self):
                self.log(self.result.status)

        result = run(Cancelled, commit=True, cancelled_by=lambda: "alice")

        assert (result.status, result.reason) == ("cancelled", "cancelled_by_user")
        assert database.ends == {"main": "reverted", "post_run": "committed"}
        assert rows() == [("warning", "Job cancelled by alice."), REVERTED, ("default", "cancelled")]

    @pytest.mark.parametrize("job_class", [Good, Flagged])
    def test_row_12_an_exception_in_post_run_is_an_error_but_keeps_the_main_data(
        self, run, rows, database, job_class
    ):
        class Breaks(job_class):
            def post_run(self):
                raise LookupError("ticket system")

        result = run(Breaks, commit=True)

        assert (result.status, result.reason) == ("errored", "post_run_exception")
        assert result.data_committed
        assert database.ends == {"main": "committed", "post_run": "reverted"}
        assert rows()[-1][1].startswith("An exception occurred during job post_run(): `LookupError: ")

    def test_row_12_does_not_rename_the_first_cause(self, run):
        class Twice(Raising):
            def post_run(self):
                raise LookupError("second")

        assert run(Twice).reason == "exception"

    def test_row_13_a_failure_in_post_run_fails_a_good_run(self, run, rows):
        class Fails(Good):
            def post_run(self):
                self.log_failure("late")

        result = run(Fails, commit=True)

        assert (result.status, result.reason) == ("failed", "failure_logged")
        assert rows()[-1] == ("failure", "late")

    def test_post_run_cannot_make_a_failed_run_good(self, run):
        class Forgives(Flagged):
            def post_run(self):
                self.failed = False

        assert run(Forgives).status == "failed"

    def test_a_run_that_resets_its_flag_is_good(self, run):
        class Forgets(Job):
            def run(self, data, commit):
                self.log_failure("not so bad")
                self.failed = False

        assert run(Forgets).status == "completed"

    @pytest.mark.parametrize("exc", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), BaseException("x")])
    def test_any_exception_class_is_caught(self, run, exc):
        class Leaves(Job):
            def run(self, data, commit):
                raise exc

            def post_run(self):
                raise exc

        assert run(Leaves).reason == "exception"

    def test_a_late_failure_of_the_commit_itself_is_told_apart(self, sink, database, rows):
        database.data_committed = True

        class Late(Job):
            def run(self, data, commit):
                raise OSError("connection lost")

        result = execute(Late, context(commit=True), sink=sink, database=database)

        assert (result.status, result.data_committed) == ("errored", True)
        assert REVERTED_BY_ERROR not in rows()


class TestInterrupts:
    def test_a_caught_soft_limit_is_raised_only_once(self, run):
        class Catches(Job):
            def run(self, data, commit):
                try:
                    os.kill(os.getpid(), SOFT_LIMIT_SIGNAL)
                except SoftTimeLimitExceeded:
                    self.log_warning("cleaning up")
                os.kill(os.getpid(), SOFT_LIMIT_SIGNAL)

            def test_goes_on(self):
                self.log("went on")

        assert run(Catches).status == "completed"

    def test_a_swallowed_cancel_is_raised_again_at_the_next_method(self, run):
        class Swallows(Job):
            def run(self, data, commit):
                with suppress(RunCancelled):
                    os.kill(os.getpid(), CANCEL_SIGNAL)

            def test_never(self):
                raise AssertionError("not called")

        assert run(Swallows, commit=True).status == "cancelled"

    def test_a_cancel_swallowed_by_the_last_method_still_reverts(self, run, database):
        class Swallows(Job):
            def run(self, data, commit):
                with suppress(BaseException):
                    os.kill(os.getpid(), CANCEL_SIGNAL)

        assert run(Swallows, commit=True).status == "cancelled"
        assert database.ends["main"] == "reverted"

    def test_a_cancel_after_the_commit_changes_nothing(self, run):
        class Late(Good):
            def post_run(self):
                os.kill(os.getpid(), CANCEL_SIGNAL)
                self.log("post_run ended")

        assert run(Late, commit=True).status == "completed"

    def test_post_run_is_called_although_the_soft_limit_came_too_late_to_be_raised(self, run, sink):
        class Database:
            def main(self, commit):
                return self

            post_run = main

            def __enter__(self):
                return self

            def __exit__(self, *exc):
                os.kill(os.getpid(), SOFT_LIMIT_SIGNAL)

        class Late(Job):
            def post_run(self):
                self.log("called")

        result = execute(Late, context(commit=True), sink=sink, database=Database())

        assert result.status == "completed"

    def test_the_handlers_of_before_are_put_back(self, run):
        before = signal.getsignal(SOFT_LIMIT_SIGNAL), signal.getsignal(CANCEL_SIGNAL)

        run(Good)

        assert (signal.getsignal(SOFT_LIMIT_SIGNAL), signal.getsignal(CANCEL_SIGNAL)) == before

    def test_celerys_exception_is_raised_as_celerys_too(self, run, monkeypatch):
        class Theirs(Exception):  # noqa: N818
            pass

        module = type(signal)("celery.exceptions")
        module.SoftTimeLimitExceeded = Theirs
        monkeypatch.setitem(__import__("sys").modules, "celery.exceptions", module)

        class Catches(Job):
            def run(self, data, commit):
                try:
                    os.kill(os.getpid(), SOFT_LIMIT_SIGNAL)
                except Theirs as exc:
                    self.log(f"{isinstance(exc, SoftTimeLimitExceeded)}")

        assert run(Catches).status == "completed"

    def test_a_soft_limit_inside_the_text_of_an_object_is_not_lost(self, run):
        class Slow:
            def __str__(self):
                os.kill(os.getpid(), SOFT_LIMIT_SIGNAL)
                return "slow"

        class Logs(Job):
            def run(self, data, commit):
                self.log_info(Slow(), "x")

        assert run(Logs).status == "timed_out"


class TestInitialization:
    def test_an_exception_of_the_constructor_is_an_initialization_failure(self, run, rows, database):
        class Refuses(Job):
            def __init__(self):
                raise RuntimeError("no licence")

            def post_run(self):
                raise AssertionError("not called")

        result = run(Refuses, commit=True)

        assert (result.status, result.reason) == ("errored", "initialization")
        ((level, message),) = rows()
        assert level == "failure"
        assert message.startswith("Error initializing job:\n```\nTraceback")
        assert message.endswith("RuntimeError: no licence\n```")
        assert database.ends == {}

    def test_no_event_says_that_author_code_started(self, run, sink):
        run(lambda: pytest.fail("not found"))

        assert not any(isinstance(event, Started) for event in sink.events)

    def test_the_row_is_in_the_group_initialization(self, sink):
        initialization_failure("Job Y is not enabled to be run!", sink)

        row, result = sink.events
        assert (row.grouping, row.message) == ("initialization", "Job Y is not enabled to be run!")
        assert result == Result(status="errored", reason="initialization")

    def test_inputs_that_vanished_meanwhile_are_told_in_words(self, run, rows):
        class Needs(Job):
            text = StringVar()

        result = run(Needs, inputs={})

        assert result.reason == "initialization"
        assert "text: This field is required." in rows()[0][1]

    def test_limits_the_wrong_way_round_are_a_warning(self, run, sink):
        run(Good, soft_time_limit=20, time_limit=10)

        row = next(event for event in sink.events if isinstance(event, LogRow))
        assert (row.level, row.grouping) == ("warning", "initialization")
        assert row.message == (
            "The hard time limit of 10 seconds is less than or equal to the soft time limit of 20 seconds. "
            "This job will be stopped after 10 seconds."
        )

    @pytest.mark.parametrize(("soft", "hard"), [(0, 0), (5, 10), (5, 0), (0, 5)])
    def test_other_limits_are_none(self, run, rows, soft, hard):
        run(Good, soft_time_limit=soft, time_limit=hard)

        assert [level for level, _ in rows()] == ["success", "info"]


class TestHostileClasses:
    """Nothing an author writes may break the run itself: it always ends with a result."""

    @pytest.mark.parametrize("name", ["active_test", "failed", "job_result", "request"])
    def test_our_attributes_made_read_only(self, run, name):
        cls = type("Stubborn", (Job,), {name: property(lambda self: "mine"), "post_run": lambda self: None})

        assert run(cls).status in ("errored", "failed", "completed")

    @pytest.mark.parametrize("name", ["test_methods", "results", "logger", "result", "_log", "_get_vars"])
    def test_our_methods_replaced(self, run, name):
        def log_something(self, data, commit):
            self.log_info("still works")

        cls = type("Replaces", (Job,), {name: StringVar(required=False), "run": log_something})

        assert run(cls).status == "completed"

    def test_a_flag_without_truth_counts_as_failed(self, run):
        class Odd(Job):
            def run(self, data, commit):
                class NoTruth:
                    def __bool__(self):
                        raise ValueError

                self.failed = NoTruth()

        assert run(Odd).status == "failed"

    def test_an_exception_that_cannot_be_printed(self, run, rows):
        class Mute(Exception):  # noqa: N818
            def __str__(self):
                raise ValueError

        class Raises(Job):
            def run(self, data, commit):
                raise Mute

        assert run(Raises).status == "errored"
        assert "`Mute: Mute`" in rows()[0][1]

    def test_return_values_that_cannot_be_printed(self, run):
        class Odd(Job):
            def run(self, data, commit):
                class Mute:
                    def __str__(self):
                        raise ValueError

                return Mute()

        assert run(Odd).status == "errored"

    def test_rows_of_jobyard_pass_replaced_logging_methods(self, run, rows):
        class Silent(Job):
            def log_info(self, *args, **kwargs):
                raise AssertionError("not called by jobyard")

            log_failure = log = log_info

            def run(self, data, commit):
                raise ValueError("loud")

        run(Silent)

        assert [level for level, _ in rows()] == ["failure", "info"]


class TestOrder:
    def test_events_come_in_the_order_of_the_run(self, run, sink):
        run(Good, commit=True)

        kinds = [type(event) for event in sink.events]
        assert kinds == [Started, GroupOpened, GroupOpened, LogRow, Result]

    def test_s18_tests_run_in_order_of_declaration(self, ran, fx):
        run = ran("fx_order", "Ordered")

        assert fx("fx_order", "Ordered").test_methods == ["test_z", "test_a", "test_m"]
        assert run.messages("default") == ["run", "sub-method", "z", "sub-method", "m", "post"]

    def test_s19_s24_rows_are_grouped_by_the_base_method_also_from_helpers(self, ran):
        run = ran("fx_order", "Ordered", commit=True)

        assert [row.grouping for row in run.rows] == ["run", "run", "test_z", "test_a", "test_m", "post_run"]
        assert run.groups == ["run", "test_z", "test_a", "test_m", "post_run"]

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Derived", ["derived's own", "base two", "derived"]),
            ("Mixed", ["second", "first", "own"]),
            ("Removed", ["base two", "late"]),
        ],
    )
    def test_inheritance_keeps_the_place_of_the_base(self, ran, name, expected):
        run = ran("fx_order", name)

        assert run.messages("default") == expected

    def test_s76_tests_run_without_a_run_method(self, ran):
        run = ran("fx_min", "OnlyTests", commit=True)

        assert run.groups == ["test_first", "test_second"]
        assert run.messages() == ["one", "two"]

    def test_s79_post_run_alone(self, ran):
        assert ran("fx_min", "OnlyPostRun").messages("default") == ["the end"]

    def test_a_job_without_methods_is_completed_and_its_transaction_row_is_in_run(self, ran):
        run = ran("fx_min", "Nothing", commit=False)

        assert run.status == "completed"
        assert [(row.grouping, row.level) for row in run.rows] == [("run", "info")]

    def test_s77_a_test_with_a_parameter_is_an_error(self, run, rows):
        class Wrong(Job):
            def test_takes(self, what):
                pass

        assert run(Wrong).status == "errored"
        assert "TypeError" in rows()[0][1]

    def test_the_exception_row_is_in_the_group_of_the_test_that_raised(self, ran):
        run = ran("fx_raise", "InSecondTest", commit=True)

        assert [row.grouping for row in run.rows] == ["test_a", "test_b", "test_b", "post_run"]

    def test_s80_s81_post_run_sees_what_happened(self, ran):
        assert ran("fx_raise", "InRun").messages(grouping="post_run") == ["failed: True; status: errored"]
        assert ran("fx_pass", "PassQuietly").messages(grouping="post_run") == [
            "failed: False; status: completed"
        ]

    @pytest.mark.parametrize("name", ["InRun", "InSecondTest", "SystemExitInTest"])
    def test_s80_post_run_is_called_after_every_kind_of_exception(self, ran, name):
        run = ran("fx_raise", name)

        assert (run.status, run.groups[-1]) == ("errored", "post_run")

    def test_s72_one_instance_carries_what_run_stored(self, ran):
        assert ran("fx_instance", "Stores", commit=True).messages() == ["['run', 'test'] True"]

    @pytest.mark.parametrize(("name", "output"), [("CountsInit", "\nmade 1 time"), ("NoSuper", "\nFalse 1")])
    def test_one_instance_is_made_for_a_run(self, ran, name, output):
        assert ran("fx_instance", name).output == output


class TestOutput:
    def test_truthy_return_values_of_all_methods_are_appended(self, ran):
        assert ran("fx_output", "Returns").output == "\nname,make,model\n42\n['a', 1]\nthe end"

    def test_there_is_output_although_the_job_raised(self, run):
        class Raises(Job):
            def run(self, data, commit):
                return "so far"

            def test_raises(self):
                raise ValueError

        assert run(Raises).output == "\nso far"

    def test_what_no_database_can_keep_is_replaced(self, run):
        class Odd(Job):
            def run(self, data, commit):
                return "a\x00b\ud800"

        assert run(Odd).output == "\na�b?"


class TestSignatures:
    @pytest.mark.parametrize(
        ("name", "output"),
        [
            ("Both", "\n{} True"),
            ("DefaultCommit", "\n{} True"),
            ("DataOnly", "\n{}"),
            ("Positional", "\n{} True"),
            ("Kwargs", "\n['commit', 'data'] True"),
            ("Args", "\n({}, True)"),
            ("KeywordOnly", "\n{} True"),
            ("Nothing", "\nin the style of 2.x"),
        ],
    )
    def test_run_is_called_as_it_wants_to_be(self, ran, name, output):
        run = ran("fx_run_signature", name, commit=True)

        assert (run.output, run.status) == (output, "completed")

    def test_a_signature_that_fits_nothing_is_an_error(self, ran):
        run = ran("fx_run_signature", "DeafToInputs")

        assert run.reason == "exception"
        assert "TypeError" in run.messages("failure")[0]

    def test_the_logger_of_a_run_without_inputs_writes_rows(self, ran):
        assert ran("fx_run_signature", "Nothing", commit=True).messages() == ["without inputs"]

    def test_a_run_that_has_no_signature_gets_both(self, run):
        class Odd:
            __signature__ = "none"

            def __call__(self, data, commit):
                return f"{data} {commit}"

        cls = type("HasOddRun", (Job,), {"run": Odd()})

        assert run(cls).output == "\n{} False"


def test_an_event_is_never_torn_by_a_request_that_comes_while_it_is_sent(database):
    """A half-written frame would end the run as a broken protocol, instead of as cancelled."""

    class SlowSink:
        def __init__(self):
            self.whole = []

        def emit(self, event):
            if isinstance(event, LogRow) and event.message == "torn?":
                signal.raise_signal(CANCEL_SIGNAL)
            self.whole.append(event)

    class Logs(Job):
        def run(self, data, commit):
            self.log_info(message="torn?")
            self.log_info(message="never")

    sink = SlowSink()

    result = execute(Logs, context(), sink=sink, database=database)

    assert result.status == "cancelled"
    messages = [event.message for event in sink.whole if isinstance(event, LogRow)]
    assert messages[0] == "torn?"
    assert "never" not in messages
