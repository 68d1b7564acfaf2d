"""Jobs from a Git repository; helpers are imported by their plain name."""

from helpers import greeting

from jobyard import IntegerVar, Job, StringVar

name = "Demo repository"


class Greet(Job):
    """Greets somebody as often as you like."""

    class Meta:
        name = "Greet"
        description = "Greets somebody as often as you like."
        has_sensitive_variables = False

    who = StringVar(default="operator", label="Whom")
    times = IntegerVar(default=1, min_value=1, max_value=20)

    def run(self, data, commit):
        for number in range(data["times"]):
            self.log_info(message=greeting(data["who"], number))
        return greeting(data["who"], 0)
