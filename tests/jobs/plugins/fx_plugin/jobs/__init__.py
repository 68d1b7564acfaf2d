from nautobot.extras.jobs import Job

from .audit import CheckAll

name = "Jobs of a plugin"


class Counts(Job):
    def run(self, data, commit):
        return "1, 2, 3"


class Unlisted(Job):
    pass


jobs = (Counts, CheckAll)
