from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from jobyard_server.inventory.circuits.models import Circuit, CircuitTermination, CircuitType, Provider
from jobyard_server.inventory.dcim.models import (
    Cable,
    ConsolePort,
    ConsoleServerPort,
    FrontPort,
    Interface,
    PowerFeed,
    PowerPanel,
    PowerPort,
    RearPort,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(lab):
    return lab.interface(lab.device("a")), lab.interface(lab.device("b"))


def refused(cable):
    with pytest.raises(ValidationError) as caught:
        cable.validated_save()
    return caught.value.message_dict


def test_both_spellings(lab, pair):
    a, b = pair
    cable = Cable(a_terminations=[a], b_terminations=[b], status="connected", type="cat6", label="L1")
    cable.validated_save()

    assert (cable.termination_a, cable.termination_b) == pair
    assert (cable.a_terminations, cable.b_terminations) == ([a], [b])
    assert list(cable.terminations.all()) == [a, b]
    with pytest.raises(ValidationError):
        Cable(a_terminations=[a, b])


def test_what_it_does_to_its_ports(lab, pair):
    a, b = pair
    cable = lab.cable(a, b)

    assert a.cable == cable
    assert Interface.objects.filter(cable__isnull=True).count() == 0
    assert a.connected_endpoint == b
    assert Interface.objects.get(pk=b.pk).connected_endpoints == [a]
    assert a.link_peer == b
    assert a.connection_status is True
    assert (a.path.origin, a.path.destination, a.path.is_active, a._path.segment_count) == (a, b, True, 1)
    assert a.path.get_path() == [a, cable, b]
    assert list(Interface.objects.select_related("_path").filter(_path__isnull=False)) == [a, b]
    assert list(a.device.get_cables()) == [cable]

    cable.delete()
    assert Interface.objects.filter(cable__isnull=True).count() == 2
    assert (a.connected_endpoint, a.connection_status, a.path) == (None, None, None)


def test_a_planned_cable(lab, pair):
    lab.cable(*pair, status="planned")

    assert pair[0].connection_status is False


def test_an_occupied_port_is_refused_by_validation_and_by_saving(lab, pair):
    a, _b = pair
    lab.cable(*pair)
    other = lab.interface(lab.device("c"))

    assert refused(Cable(termination_a=other, termination_b=a)) == {
        "termination_b": ["eth0 already has a cable attached."]
    }
    with pytest.raises(ValidationError):
        Cable(termination_a=other, termination_b=a).save()
    assert Cable.objects.count() == 1
    assert Interface.objects.get(pk=other.pk).cable is None


def test_what_does_not_fit(lab, pair):
    a, b = pair
    power = PowerPort.objects.create(device=a.device, name="PS1")
    virtual = lab.interface(b.device, "lo0", type="virtual")

    assert "termination_b" in refused(Cable(termination_a=a, termination_b=power))
    assert "termination_b" in refused(Cable(termination_a=a, termination_b=virtual))
    assert "termination_b" in refused(Cable(termination_a=a, termination_b=a))
    assert "length_unit" in refused(Cable(termination_a=a, termination_b=b, length=3))


def test_console_and_power(lab):
    device = lab.device("a")
    console = ConsolePort.objects.create(device=device, name="con0")
    server = ConsoleServerPort.objects.create(device=lab.device("ts"), name="p1")
    lab.cable(console, server)
    feed = PowerFeed.objects.create(name="F1", power_panel=PowerPanel.objects.create(name="P", site=lab.site))
    power = PowerPort.objects.create(device=device, name="PS1")
    lab.cable(feed, power)

    assert (console.connected_endpoint, power.connected_endpoint) == (server, feed)
    assert ConsolePort.objects.select_related("_path").get().connected_endpoint == server


def test_a_path_through_two_panels(lab, pair):
    """A fibre trunk with two strands; each side comes out where it belongs."""
    a, b = pair
    c, d = lab.interface(lab.device("c")), lab.interface(lab.device("d"))
    rears, fronts = [], []
    for name in ("p1", "p2"):
        panel = lab.device(name)
        rears.append(RearPort.objects.create(device=panel, name="R", type="mpo", positions=2))
        fronts.append(
            [
                FrontPort.objects.create(
                    device=panel, name=f"F{n}", type="lc", rear_port=rears[-1], rear_port_position=n
                )
                for n in (1, 2)
            ]
        )
    trunk = lab.cable(*rears)
    lab.cable(a, fronts[0][0]), lab.cable(c, fronts[0][1])
    lab.cable(fronts[1][0], b), lab.cable(fronts[1][1], d)

    assert Interface.objects.get(pk=a.pk).connected_endpoint == b
    assert Interface.objects.get(pk=d.pk).connected_endpoint == c
    assert len(a.trace()) == 3

    trunk.status = "planned"
    trunk.save()
    assert Interface.objects.get(pk=a.pk).connection_status is False

    trunk.delete()
    fresh = Interface.objects.get(pk=a.pk)
    assert (fresh.connected_endpoint, fresh.connection_status, len(fresh.trace())) == (None, None, 1)


def test_a_circuit_ends_a_path(lab, pair):
    circuit = Circuit.objects.create(
        cid="C1",
        provider=Provider.objects.create(name="P"),
        type=CircuitType.objects.create(name="Internet"),
    )
    end = CircuitTermination.objects.create(circuit=circuit, term_side="A", site=lab.site)
    lab.cable(pair[0], end)

    assert pair[0].connected_endpoint == end
    assert circuit.termination_a == end


def test_deleting_a_device_takes_its_cables_along(lab, pair):
    lab.cable(*pair)
    pair[0].device.delete()

    assert Cable.objects.count() == 0
    assert Interface.objects.get(pk=pair[1].pk).cable is None
