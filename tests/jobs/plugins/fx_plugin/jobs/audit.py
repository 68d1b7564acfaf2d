from nautobot.extras.jobs import Job, StringVar


class CheckAll(Job):
    what = StringVar(default="everything")

    def run(self, data, commit):
        self.log_success(message=f"checked {data['what']}")
