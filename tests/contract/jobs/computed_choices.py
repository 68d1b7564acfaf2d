"""Choices that are computed while the file is imported: the latest inspection knows them."""

from nautobot.dcim.models import Region
from nautobot.extras.jobs import ChoiceVar, Job


def regions():
    return [(region.slug, region.name) for region in Region.objects.order_by("slug")]


class Chooses(Job):
    region = ChoiceVar(choices=regions, required=False)

    def run(self, data, commit):
        return data["region"]
