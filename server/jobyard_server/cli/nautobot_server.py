"""``nautobot-server runjob …``: the same command under the name that scripts for upstream use."""

from __future__ import annotations

from jobyard_server.cli.application import DebugOption, make_application
from jobyard_server.cli.runjob import runjob

app = make_application("The commands of upstream that jobyard offers under their old name.")
app.command()(runjob)


@app.callback()
def options(debug: DebugOption = False) -> None:
    """The commands of upstream that jobyard offers under their old name."""


def main() -> None:
    app(prog_name="nautobot-server")
