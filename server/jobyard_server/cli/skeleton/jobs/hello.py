"""A first job: copy it, rename the class, and write your own `run`."""

from jobyard import IntegerVar, Job, StringVar

name = "First steps"


class Hello(Job):
    class Meta:
        name = "Say hello"
        description = "Greets somebody, once for each line of the log."
        has_sensitive_variables = False

    who = StringVar(description="Who is greeted")
    times = IntegerVar(default=1, min_value=1, max_value=10)

    def run(self, data, commit):
        for _ in range(data["times"]):
            self.log_success(message=f"Hello, {data['who']}!")
        return f"greeted {data['who']}"
