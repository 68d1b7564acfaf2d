"""Not a job file: it declares no job, so it is not listed."""


def greeting(who, number):
    return f"Good morning, {who}." if number == 0 else f"And again, {who}."
