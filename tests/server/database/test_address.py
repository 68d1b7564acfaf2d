"""F111, F117: how long a network that swallows everything is waited for."""

from __future__ import annotations

from jobyard_server.database.address import settings_from_url


def test_f117_a_dead_connection_over_the_network_is_noticed_within_thirty_seconds():
    options = settings_from_url("postgresql://me@db.example.org/jobyard")["OPTIONS"]

    idle, interval, count = (options[f"keepalives_{name}"] for name in ("idle", "interval", "count"))
    assert idle + interval * count <= 30
    assert options["tcp_user_timeout"] <= 20_000  # a lease
    assert options["connect_timeout"] == 3


def test_a_url_may_say_otherwise():
    options = settings_from_url("postgresql://me@db.example.org/jobyard?tcp_user_timeout=60000")["OPTIONS"]

    assert options["tcp_user_timeout"] == "60000"


def test_a_private_socket_needs_none_of_it():
    options = settings_from_url("postgresql:///jobyard?host=/run/postgresql")["OPTIONS"]

    assert "tcp_user_timeout" not in options
