"""Files like this ask the database while they are imported; a server answers, read-only."""

from nautobot.dcim.models import Region
from nautobot.extras.jobs import ChoiceVar, Job
from nautobot.extras.models import Status

ACTIVE = Status.objects.get(slug="active")


class Uses(Job):
    region = ChoiceVar(
        choices=[(region.slug, region.name) for region in Region.objects.order_by("slug")], required=False
    )

    def run(self, data, commit):
        return f"{ACTIVE.slug} {data['region']}"
