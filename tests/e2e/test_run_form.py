"""What a run form does in a browser before anything is sent."""

from __future__ import annotations

from tests.e2e.browsing import opened
from tests.e2e.installation import until

JOB = """
from jobyard import FileVar, Job, StringVar


class TakesFile(Job):
    upload = FileVar()
    note = StringVar()

    def run(self, data, commit):
        return f"{data['note']}: {data['upload'].size} bytes"
"""
TOO_LARGE = 200 * 1024 * 1024  #: Also more than a request may have.


def test_a_file_that_is_too_large_is_not_sent_and_the_form_keeps_the_rest(installation, browser, tmp_path):
    installation.save("takes_file", JOB)
    until(installation.job_ids, lambda ids: "local/takes_file/TakesFile" in ids)
    large, small = tmp_path / "large.bin", tmp_path / "small.bin"
    with large.open("wb") as file:
        file.truncate(TOO_LARGE)
    small.write_bytes(b"abc")
    page = opened(browser, installation)
    page.goto("/extras/jobs/local/takes_file/TakesFile/")
    page.get_by_label("Note").fill("kept")
    upload = page.get_by_label("Upload")

    upload.set_input_files(large)
    page.get_by_text("large.bin, 200.0 MB: that is too large.").wait_for()
    page.get_by_role("button", name="Run Job").click()

    page.wait_for_function("document.activeElement.type === 'file'")
    assert page.get_by_label("Note").input_value() == "kept"

    upload.set_input_files(small)
    page.get_by_role("button", name="Run Job").click()
    page.get_by_text("kept: 3 bytes").wait_for()
    page.context.close()
