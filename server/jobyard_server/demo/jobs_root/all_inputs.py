"""One variable of each kind, so that the form of this job shows everything a form can show."""

from nautobot.dcim.models import Region, Site

from jobyard import (
    BooleanVar,
    ChoiceVar,
    FileVar,
    IntegerVar,
    IPAddressVar,
    IPAddressWithMaskVar,
    IPNetworkVar,
    Job,
    MultiChoiceVar,
    MultiObjectVar,
    ObjectVar,
    StringVar,
    TextVar,
)

name = "First steps"
COLOURS = (("r", "Red"), ("g", "Green"), ("b", "Blue"))


class AllInputs(Job):
    """Takes every kind of input and logs what arrived."""

    class Meta:
        name = "All inputs"
        description = "One variable of each kind; logs what it was given."
        has_sensitive_variables = False  # so that "Run again" can fill the form
        field_order = ["title", "notes", "count", "urgent"]

    title = StringVar(description="A short text", default="rack audit", max_length=50)
    notes = TextVar(description="As many lines as you like", required=False)
    count = IntegerVar(description="How often", default=3, min_value=1, max_value=10)
    urgent = BooleanVar(description="Does it have to be today?", default=False)
    colour = ChoiceVar(choices=COLOURS, default="g")
    colours = MultiChoiceVar(choices=COLOURS, required=False)
    site = ObjectVar(model=Site, required=False)
    regions = MultiObjectVar(model=Region, required=False)
    address = IPAddressVar(default="192.0.2.10", required=False)
    interface_address = IPAddressWithMaskVar(default="192.0.2.10/24", required=False)
    network = IPNetworkVar(default="192.0.2.0/24", required=False)
    attachment = FileVar(description="Any file; its size is logged", required=False)

    def run(self, data, commit):
        for key, value in data.items():
            self.log_info(message=f"{key}: {value!r}")
        if data.get("attachment"):
            self.log_info(message=f"attachment holds {len(data['attachment'].read())} bytes")
        self.log_success(message=f"{data['title']} was read {'for real' if commit else 'as a dry run'}.")
