"""``jobyard manage make_sample_network``: fill an empty inventory to try things out."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobyard_server.inventory.dcim.models import Device
from jobyard_server.inventory.sample import SampleSize, make_sample


class Command(BaseCommand):
    help = "Fill an empty inventory with a realistic network, the same one for the same seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--devices", type=int, default=SampleSize.devices)
        parser.add_argument("--sites", type=int, default=SampleSize.sites)
        parser.add_argument("--addresses", type=int, default=SampleSize.addresses)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **asked: Any) -> None:
        if Device.objects.exists():
            raise CommandError("There are devices already; the sample is for an inventory without any.")
        size = SampleSize(sites=asked["sites"], devices=asked["devices"], addresses=asked["addresses"])
        for name, number in make_sample(size, seed=asked["seed"]).items():
            self.stdout.write(f"{number:>7} {name}")
