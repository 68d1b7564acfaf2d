"""What every engine promises, over real brokers. Whoever adds an engine to ENGINES gets these tests."""

from __future__ import annotations

import json
import uuid

from tests.server.worker.engines.brokers import Heard, send_until_heard

from jobyard_server.worker.engines import messages


def test_a_message_reaches_a_consumer_of_its_queue(broker):
    heard, run = Heard(), uuid.uuid4()

    with broker.engine() as engine, engine.consume(["default"], heard):
        engine.send(run, "default")
        heard.wait_for(run)

    assert heard.runs == [run]


def test_what_was_sent_before_anybody_listened_arrives_later(broker):
    heard, run = Heard(), uuid.uuid4()
    with broker.engine() as worker, worker.consume(["default"], Heard()):
        pass  # a broker in the database has its tables from the first worker

    with broker.engine() as web:
        web.send(run, "default")
    with broker.engine() as worker, worker.consume(["default"], heard):
        heard.wait_for(run)


def test_each_queue_has_its_own_consumers(broker):
    default, other = Heard(), Heard()
    first, second, third = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    with (
        broker.engine() as engine,
        broker.engine() as elsewhere,
        engine.consume(["default"], default),
        elsewhere.consume(["other"], other),
    ):
        for run, queue in ((first, "other"), (second, "default"), (third, "other")):
            engine.send(run, queue)
        default.wait_for(second)
        other.wait_for(first, third)

    assert default.runs == [second]


def test_a_consumer_of_several_queues_hears_all_of_them(broker):
    heard, first, second = Heard(), uuid.uuid4(), uuid.uuid4()

    with broker.engine() as engine, engine.consume(["default", "other"], heard):
        engine.send(first, "default")
        engine.send(second, "other")
        heard.wait_for(first, second)


def test_two_workers_share_a_queue_and_each_message_goes_to_one_of_them(broker):
    heard, runs = Heard(), [uuid.uuid4() for _ in range(20)]

    with (
        broker.engine() as one,
        broker.engine() as two,
        one.consume(["default"], heard),
        two.consume(["default"], heard),
    ):
        for run in runs:
            one.send(run, "default")
        heard.wait_for(*runs)

    assert sorted(heard.runs) == sorted(runs)


def test_a_queue_may_have_the_longest_name_that_is_allowed(broker):
    heard, run, name = Heard(), uuid.uuid4(), "q" * 64

    with broker.engine() as engine, engine.consume([name], heard):
        engine.send(run, name)
        heard.wait_for(run)


def test_a_broker_that_is_there_is_found_well(broker):
    with broker.engine() as engine:
        engine.check()


def test_f107_a_message_is_settled_when_it_is_handed_over_so_no_limit_of_a_broker_matters(broker):
    """Not after the run: visibility time-outs and consumer time-outs have nothing to act on."""
    heard, again, run = Heard(), Heard(), uuid.uuid4()
    last = uuid.uuid4()
    with broker.engine() as engine, engine.consume(["default"], heard):
        engine.send(run, "default")
        heard.wait_for(run)

    with broker.engine() as engine, engine.consume(["default"], again):
        engine.send(last, "default")
        again.wait_for(last)

    assert again.runs == [last]
    assert broker.held("default") == 0


def test_f105_duplicates_and_old_messages_are_passed_on_as_wake_ups(broker):
    heard, run, other = Heard(), uuid.uuid4(), uuid.uuid4()

    with broker.engine() as engine, engine.consume(["default"], heard):
        for sent in (run, other, run):
            engine.send(sent, "default")
        heard.wait_for(run, other)
        marker = uuid.uuid4()
        engine.send(marker, "default")
        heard.wait_for(marker)

    assert heard.runs.count(run) == 2


HOSTILE = [
    b"",
    b"\x80\x04\x95not a pickle that anybody opens",
    b"!!python/object/apply:os.system ['true']",
    json.dumps([[], {"v": 1, "run": {"nested": "id"}}, {}]).encode(),
    json.dumps({"v": 1, "run": "os.system"}).encode(),
    json.dumps({"queue_name": "x", "actor_name": "os.system", "args": [], "kwargs": {}}).encode(),
    b"x" * 10_000_000,
]


def test_f106_hostile_messages_are_settled_and_nothing_loops(broker, caplog):
    heard, before, after = Heard(), uuid.uuid4(), uuid.uuid4()

    with broker.engine() as engine, engine.consume(["default"], heard):
        engine.send(before, "default")
        heard.wait_for(before)
        for body in HOSTILE:
            broker.write("default", body)
        send_until_heard(engine, heard, "default")
    with broker.engine() as engine, engine.consume(["default"], heard):
        send_until_heard(engine, heard, "default")
        engine.send(after, "default")
        heard.wait_for(after)
        broker.wait_until_settled("default")  # what was sent again and again may come behind it

    assert "x" * 100 not in caplog.text


def test_f118_a_message_of_another_version_is_refused_politely(broker, monkeypatch, caplog):
    heard, newer, ours = Heard(), uuid.uuid4(), uuid.uuid4()
    with broker.engine() as web, monkeypatch.context() as build:
        build.setattr(messages, "VERSION", 2)
        with web.consume(["default"], Heard()):
            pass  # a broker in the database has its tables from the first worker
        web.send(newer, "default")
        web.close()  # an outbox sends what waits

    with broker.engine() as engine, engine.consume(["default"], heard):
        engine.send(ours, "default")
        heard.wait_for(ours)

    assert heard.runs == [ours]
    assert "makes no sense and is dropped" in caplog.text
