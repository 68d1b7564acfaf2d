"""A report: every method whose name begins with ``test_`` is a group of the result."""

from nautobot.dcim.models import Region, Site

from jobyard import Job

name = "Reports"


class InventoryReport(Job):
    """Looks for gaps in the inventory; changes nothing."""

    class Meta:
        name = "Inventory report"
        description = "Checks that regions have sites and that sites have a region."
        read_only = True

    def test_regions_have_sites(self):
        for region in Region.objects.all():
            if region.sites.exists():
                self.log_success(obj=region)
            else:
                self.log_warning(obj=region, message="No site is in this region.")
        self.log_info(message=f"{Region.objects.count()} regions were checked.")

    def test_sites_have_a_region(self):
        for site in Site.objects.all():
            if site.region:
                self.log_success(obj=site)
            else:
                self.log_failure(obj=site, message="The site is in no region.")
        self.log_info(message=f"{Site.objects.count()} sites were checked.")
