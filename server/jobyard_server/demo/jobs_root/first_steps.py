"""Two jobs to begin with: change this file while jobyard runs, the next run takes the new version."""

from jobyard import Job

name = "First steps"


class Hello(Job):
    """Says hello; needs no input."""

    class Meta:
        name = "Hello"
        description = "Writes a few log lines, one of each kind."
        has_sensitive_variables = False

    def run(self, data, commit):
        self.log_debug("Job code starts here.")
        self.log_info(message="Nothing was asked, so nothing can go wrong.")
        self.log_success(message="Hello from a job.")
        return "This text is the output of the run."
