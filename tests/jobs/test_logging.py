"""What the logging methods store, and what a run shows of itself while it goes on (§6, §7, §10.4)."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

import pytest
from tests.jobs.fakes import context

from jobyard import Job, Report, Script
from jobyard.events import FAILURE, GroupOpened, LogRow
from jobyard.execution import execute
from jobyard.log_rows import iso_time
from jobyard.plain_data import plain, storable
from jobyard.result import ResultData, RunResult
from jobyard.testing import run_job

THING = ("thing", "/things/thing/")


def shown(row):
    return (row.level, row.object_text, row.object_url, row.message)


class TestMethods:
    def test_s82_every_signature(self, ran):
        run = ran("fx_logging", "AllCalls", commit=True)

        assert [shown(row) for row in run.rows] == [
            ("default", None, None, "log"),
            ("default", None, None, "log by name"),
            ("default", None, None, "debug"),
            ("success", *THING, "positional"),
            ("success", *THING, "by name"),
            ("success", *THING, "None"),
            ("success", None, None, "no object"),
            ("info", None, None, "lone text"),
            ("info", *THING, "None"),
            ("info", None, None, "no object again"),
            ("warning", *THING, "warned"),
            ("warning", None, None, "lone warning"),
            ("failure", "other", "/things/other/", "bad"),
        ]
        assert run.status == "failed"

    def test_s84_one_row_for_each_call_is_counted(self, ran):
        counts = ran("fx_logging", "AllCalls", commit=True).counts

        assert counts == {"default": 3, "success": 4, "info": 3, "warning": 2, "failure": 1}

    def test_odd_objects_never_break_a_job(self, ran):
        run = ran("fx_logging", "OddObjects", commit=True)

        assert [shown(row) for row in run.rows] == [
            ("info", "zero", "/things/zero/", "falsy"),
            ("info", "Broken", None, "broken"),
            ("info", "x" * 200, None, "long"),
            ("info", "0", None, "number"),
            ("info", "", None, "empty text"),
            ("info", None, None, "None"),
            ("info", None, None, "Broken"),
        ]

    def test_the_result_can_be_logged_to_directly(self, ran):
        run = ran("fx_logging", "DirectLog", commit=True)

        assert [(row.grouping, *shown(row)) for row in run.rows] == [
            ("elsewhere", "success", *THING, "straight in"),
            ("main", "default", None, None, "by default"),
            ("main", "failure", None, None, "bad"),
            ("run", "default", None, None, "Unknown logging level: terrible"),
        ]
        assert (run.status, run.reason) == ("failed", "failure_logged")

    def test_s83_a_failure_row_flags_the_job(self, ran):
        run = ran("fx_fail_flag", "LogsFailure", commit=True)

        assert (run.status, run.job.failed, run.is_committed) == ("failed", True, True)

    def test_the_flag_alone_fails_a_job(self, ran):
        assert ran("fx_fail_flag", "SetsFlag").status == "failed"
        assert ran("fx_fail_flag", "ResetsFlag").status == "completed"
        assert ran("fx_fail_flag", "FailsInPostRun").status == "failed"

    def test_helper_methods_of_authors_do_not_get_in_the_way(self):
        class Helpers(Job):
            def _log(self, text):
                self.log_info(f"- {text}")

            def add_row(self, *args):
                raise AssertionError

            style = meta = prepare_run = "mine"

            def run(self, data, commit):
                self._log("x")

        assert run_job(Helpers, commit=True).messages() == ["- x"]

    def test_a_long_group_is_cut(self):
        class Logs(Job):
            def run(self, data, commit):
                self.job_result.log("x", grouping="g" * 200)
                self.job_result.log("x", grouping=5)

        assert [row.grouping for row in run_job(Logs, commit=True).rows] == ["g" * 100, "5"]

    def test_the_logger_is_a_standard_one_and_makes_no_rows(self, caplog):
        class Logs(Job):
            def run(self, data, commit):
                self.logger.warning("to the console")

        run = run_job(Logs, commit=True)

        assert run.rows == []
        assert caplog.record_tuples == [("nautobot.jobs.Logs", logging.WARNING, "to the console")]


class TestStyles:
    def test_a_script_takes_the_message_first(self, ran):
        run = ran("fx_script", "EveryVariable", commit=True)

        name = "One variable of each kind"
        assert [shown(row) for row in run.rows] == [
            ("default", name, None, "message"),
            ("success", name, None, "message first"),
            ("info", None, None, "message only"),
            ("warning", name, None, "by name"),
        ]
        assert run.output.count(",") == 10

    def test_a_script_that_logs_a_failure_fails(self, ran):
        assert ran("fx_script", "LogsFailure").status == "failed"

    def test_a_script_may_call_it_an_error(self, load):
        text = (
            "from extras.scripts import Script\n"
            "class J(Script):\n"
            "    def run(self, data):\n"
            "        self.log_error('not there', obj=7)\n"
        )
        run = run_job(load(text).J, {})

        assert (run.status, run.messages("failure")) == ("failed", ["not there"])

    def test_a_script_must_have_run(self, ran):
        run = ran("fx_script", "NoRun")

        assert run.reason == "exception"
        assert "NotImplementedError: The script must define a run() method." in run.messages()[0]

    def test_a_report_takes_the_object_first(self, ran):
        run = ran("fx_report", "TwoTests", commit=True)

        assert [(row.grouping, *shown(row)) for row in run.rows] == [
            ("test_one", "default", None, None, "plain"),
            ("test_one", "default", None, None, "debugged"),
            ("test_one", "default", "TwoTests", None, "debugged with object"),
            ("test_one", "success", "TwoTests", None, "None"),
            ("test_one", "success", None, None, "a lone text"),
            ("test_one", "info", "TwoTests", None, "object first"),
            ("test_two", "warning", "TwoTests", None, "by name"),
            ("test_two", "failure", "TwoTests", None, "bad"),
        ]

    def test_a_report_without_tests_cannot_start(self, ran):
        run = ran("fx_report", "NoTests")

        assert run.reason == "initialization"
        assert "A report must contain at least one test method." in run.messages()[0]

    def test_x16_dry_runs_and_exceptions_of_reports_are_like_others(self, ran):
        dry = ran("fx_report", "TwoTests", commit=False)
        raised = ran("fx_report", "RaisesInTest")

        assert dry.messages()[-1] == "Database changes have been reverted automatically."
        assert (raised.status, raised.reason) == ("errored", "exception")

    def test_an_old_script_is_run_with_data_alone(self, ran):
        run = ran("fx_netbox_script", "Old", {"what": "x"})

        assert (run.status, run.output, run.messages("success")[0]) == ("completed", "\ndone", "what is 'x'")

    def test_its_meta_says_that_it_is_a_dry_run(self, ran):
        assert not ran("fx_netbox_script", "Old").is_committed
        assert ran("fx_netbox_script", "ReadsItsLog").output == "\n[info] first\n[warning] second"
        assert ran("fx_netbox_script", "KeepsItsOwn").output == "\n['mine']"
        assert ran("fx_netbox_script", "WithCommit").output == "\ncommit True"

    def test_a_script_that_gives_up_is_errored_with_its_own_words_and_no_traceback(self, ran):
        run = ran("fx_netbox_script", "GivesUp")

        assert (run.status, run.reason) == ("errored", "exception")
        assert run.messages() == [
            "Script aborted with error: cannot go on",
            "Database changes have been reverted due to error.",
        ]

    def test_a_netbox_script_with_tests_only_runs_them(self, ran):
        assert ran("fx_netbox_script", "OnlyTests").messages()[0] == "tested"

    def test_a_netbox_report_is_prepared_first(self, ran):
        run = ran("fx_netbox_report", "Checks", commit=True)

        assert [(row.grouping, row.message) for row in run.rows] == [
            ("pre_run", "prepared"),
            ("test_seen", "saw ['pre_run']"),
            ("post_run", "finished"),
        ]
        assert run.groups == ["pre_run", "test_seen", "post_run"]

    def test_pre_run_is_called_for_reports_of_that_kind_only(self):
        class Own(Job):
            def pre_run(self):
                raise AssertionError

            def test_x(self):
                pass

        class OwnReport(Report):
            pre_run = Own.pre_run

            def test_x(self):
                pass

        class OwnScript(Script):
            pre_run = Own.pre_run

            def run(self, data, commit):
                pass

        assert [run_job(cls).status for cls in (Own, OwnReport, OwnScript)] == ["completed"] * 3


class TestAppsJobs:
    """The style of 2.x (§2.1)."""

    def test_variables_are_parameters_and_records_are_rows(self, ran):
        run = ran("fx_apps_jobs", "Greets", {"who": "Ada", "loud": True})

        assert [(row.grouping, *shown(row)) for row in run.rows] == [
            ("run", "default", None, None, "starting"),
            ("greetings", "info", "Greets", None, "Hello Ada"),
            ("run", "warning", None, None, "loud: True"),
            ("run", "failure", None, None, "not a real error"),
            ("run", "success", None, None, "greeted"),
            ("run", "failure", None, None, "nor is this"),
        ]
        assert (run.status, run.output, run.is_committed) == ("completed", "\ndryrun=False", True)

    def test_fail_flags_the_run(self, ran):
        run = ran("fx_apps_jobs", "Fails")

        assert (run.status, run.reason, run.messages()) == ("failed", "failure_logged", ["I say so"])

    def test_an_uncaught_exception_is_an_error_and_late_hooks_are_called(self, ran):
        run = ran("fx_apps_jobs", "Raises")

        assert (run.status, run.reason) == ("errored", "exception")
        assert [row.message for row in run.rows if row.level == "info"] == [
            "before",
            "Database changes have been reverted due to error.",
            "on_failure: nothing to do",
            "after_return: FAILURE",
        ]

    def test_the_hooks_of_a_good_run(self, ran):
        run = ran("fx_apps_jobs", "Hooks", commit=True)

        assert run.messages() == [
            "before_start {'word': 'w'}",
            "run {'word': 'w'}",
            "on_success value",
            "after_return SUCCESS value None",
        ]

    def test_a_hook_that_raises_late_is_like_post_run(self, load):
        module = load(
            "from nautobot.apps.jobs import Job\n"
            "class J(Job):\n"
            "    def run(self): pass\n"
            "    def after_return(self, *args): raise ValueError('late')\n"
        )

        assert run_job(module.J).reason == "post_run_exception"

    def test_without_run_there_is_an_error(self, load):
        module = load("from nautobot.apps.jobs import Job\nclass J(Job): pass\n")

        assert "NotImplementedError" in run_job(module.J).messages()[0]

    def test_a_logger_made_at_import_writes_rows_too(self, load):
        module = load(
            "from nautobot.apps.jobs import Job, get_task_logger\n"
            "logger = get_task_logger(__name__)\n"
            "class J(Job):\n"
            "    def run(self):\n"
            "        logger.info('from the module')\n"
            "        logger.info('quiet', extra={'skip_db_logging': True})\n"
            "        try: 1 / 0\n"
            "        except ZeroDivisionError: logger.exception('caught')\n"
        )

        first, second = run_job(module.J, commit=True).messages()
        assert first == "from the module"
        assert second.startswith("caught\n```\nTraceback")

    def test_arguments_that_do_not_fit_their_message_break_nothing(self, load, monkeypatch):
        monkeypatch.setattr(logging.getLogger("nautobot.extras.jobs"), "propagate", False)
        module = load(
            "from nautobot.apps.jobs import Job\n"
            "class J(Job):\n    def run(self): self.logger.info('%d items', 'no number')\n"
        )

        assert run_job(module.J, commit=True).messages() == ["%d items"]

    def test_no_rows_are_made_outside_a_run(self, load):
        module = load(
            "from nautobot.apps.jobs import Job\nclass J(Job):\n    def run(self): self.logger.info('x')\n"
        )
        run = run_job(module.J, commit=True)

        module.J().logger.error("nobody runs")

        assert run.messages() == ["x"]

    def test_the_user_is_at_hand(self, load):
        module = load(
            "from nautobot.apps.jobs import Job\nclass J(Job):\n    def run(self): return str(self.user)\n"
        )

        assert run_job(module.J, user="alice").output == "\nalice"

    def test_receivers_take_their_variables_by_name(self, load):
        module = load(
            "from nautobot.apps.jobs import JobHookReceiver\n"
            "class J(JobHookReceiver):\n"
            "    def receive_job_hook(self, change, action, changed_object):\n"
            "        return f'{action} {changed_object}'\n"
        )
        change = type("Change", (), {"action": "update", "changed_object": "leaf"})()

        assert module.J().run(object_change=change) == "update leaf"


class TestLiveData:
    def test_counters_are_current_at_every_moment(self, ran):
        assert ran("fx_post_run", "ReadsCounters", commit=True).messages(grouping="post_run") == [
            "2 good, 1 bad, 2 rows in run"
        ]

    def test_s21_result_and_job_result_are_one(self):
        class Looks(Job):
            def run(self, data, commit):
                return (
                    f"{self.result is self.job_result} {self.results is self.result.data} {self.active_test}"
                )

        assert run_job(Looks).output == "\nTrue True run"

    def test_author_data_and_changes_inside_it_are_kept(self, ran):
        assert ran("fx_author_data", "StoresKeys").data == {"answer": {"n": 42}, "list": [1, 2]}

    def test_l7_keys_named_like_groups_are_kept_but_hidden(self, ran):
        run = ran("fx_author_data", "NameClash", commit=True)

        assert run.data == {"total": "mine", "test_x": "mine too"}
        assert run.output == "replaced\nand more"
        assert run.job.results["total"]["success"] == 1
        assert run.job.results["test_x"]["success"] == 1

    def test_what_json_cannot_carry_is_text(self, ran):
        assert ran("fx_author_data", "NotJson").data == {
            "day": "2026-01-31",
            "5": "{1}",
            "number": "nan",
            "text": "a�b",
        }

    def test_assigning_the_whole_data_keeps_counters_and_rows(self, ran):
        run = ran("fx_author_data", "ReplacesData", commit=True)

        assert run.data == {"new": 2}
        assert run.job.results["run"]["info"] == 1

    def test_the_record_has_what_a_job_may_ask_for(self):
        sink = []
        result = RunResult(
            run_id="7a1c9c1e-7f0f-4a7e-8f6e-6f7a3d9f0001",
            name="local/a/B",
            user="alice",
            sink=type("Sink", (), {"emit": lambda self, event: sink.append(event)})(),
            on_failure=lambda: sink.append("flagged"),
        )

        assert result.id == result.pk == result.job_id == uuid.UUID("7a1c9c1e-7f0f-4a7e-8f6e-6f7a3d9f0001")
        assert (result.name, result.user, result.status) == ("local/a/B", "alice", "pending")
        assert (result.obj_type, result.completed) == ("extras.job", None)
        assert result.created.tzinfo is not None
        result.log("x", level_choice=FAILURE, logger=logging.getLogger("quiet"))
        assert sink[-1] == "flagged"
        result.save()

    def test_rows_are_lists_as_the_api_shows_them(self):
        data = ResultData()
        data.add_row(LogRow(message="m", level="success", grouping="run", created=0.5))

        assert data["run"] == {
            "success": 1,
            "info": 0,
            "warning": 0,
            "failure": 0,
            "log": [["1970-01-01T00:00:00.500000+00:00", "success", None, None, "m"]],
        }
        assert data["total"] == {"success": 1, "info": 0, "warning": 0, "failure": 0}

    def test_the_default_level_is_in_no_counter(self):
        data = ResultData()
        data.add_row(LogRow(message="m", grouping="run"))

        assert sum(data["total"].values()) == 0
        assert len(data["run"]["log"]) == 1

    def test_data_is_a_dictionary_in_every_way(self):
        data = ResultData()
        data.update({"a": 1}, b=2)
        data |= {"c": 3}

        assert data.setdefault("a", 5) == 1
        assert data.pop("b") == 2
        assert data.pop("b", None) is None
        assert (data.author_data, "c" in data, data["output"]) == ({"a": 1, "c": 3}, True, "")
        del data["output"]
        del data["total"]
        with pytest.raises(KeyError):
            del data["nothing"]
        with pytest.raises(KeyError):
            data.pop("nothing")
        data.clear()
        assert (data.author_data, data["total"]["success"]) == ({}, 0)

    def test_groups_are_announced_before_they_have_rows(self, sink, database):
        class Quiet(Job):
            def run(self, data, commit):
                pass

            def test_x(self):
                pass

        execute(Quiet, context(commit=True), sink=sink, database=database)

        opened = [event.grouping for event in sink.events if isinstance(event, GroupOpened)]
        assert opened == ["run", "test_x"]


class TestPlainData:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, None),
            (True, True),
            (5, 5),
            (1.5, 1.5),
            (float("inf"), "inf"),
            ("text", "text"),
            ((1, 2), [1, 2]),
            ({1: {2}}, {"1": "{2}"}),
            (dt.date(2026, 1, 31), "2026-01-31"),
            (type("T", (str,), {})("sub"), "sub"),
        ],
    )
    def test_values(self, value, expected):
        assert plain(value) == expected

    def test_a_huge_integer_has_no_text(self):
        assert plain(10**5000) == "…"

    def test_a_value_that_holds_itself_ends_somewhere(self):
        loop: list = []
        loop.append(loop)

        assert str(plain(loop)).endswith("…'" + "]" * 100)

    def test_text_for_a_database(self):
        assert storable("a\x00\ud800é") == "a�?é"

    def test_time_has_microseconds_and_an_offset(self):
        assert iso_time(0) == "1970-01-01T00:00:00.000000+00:00"
