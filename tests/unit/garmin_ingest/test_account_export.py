"""Garmin's account export: ZIPs of recordings inside a ZIP, among hundreds of JSON files that are none."""

import io

import pytest

from services.garmin_ingest.domain.errors import ActivityFileInvalid
from services.garmin_ingest.domain.formats.archive import LARGEST_FILE, LARGEST_ZIP, ZipListing
from services.garmin_ingest.domain.models import Skipped
from tests.support.builders import build_fit
from tests.support.builders_damage import gzipped
from tests.support.builders_other import monitoring_fit, settings_fit
from tests.support.builders_zip import zip_bomb, zip_of
from tests.unit.garmin_ingest.reading import read

UPLOADED = "DI_CONNECT/DI-Connect-Uploaded-Files"
RUN = build_fit(duration_s=120)


def _export(**parts):
    """The layout of an export asked for in 2024: the recordings in one folder, what Connect knows in many."""
    knowledge = {
        "DI_CONNECT/DI-Connect-Fitness/runner@example.org_0_summarizedActivities.json": b"[]",
        "DI_CONNECT/DI-Connect-User/user_profile.json": b"{}",
        "DI_CONNECT/DI-Connect-Wellness/2024-01-01_2024-04-10_runner_sleepData.json": b"[]",
        "customer_data/customer.json": b"{}",
        "IT_GARMIN_GOLF/golf.json.gz": gzipped(b"{}"),
        "readme.txt": b"Your data",
    }
    return zip_of({**knowledge, **{f"{UPLOADED}/{name}.zip": content for name, content in parts.items()}})


def _listing(data):
    return ZipListing(io.BytesIO(data))


def _content(listing, entry, largest=LARGEST_FILE):
    return b"".join(listing.chunks(entry.key, largest=largest))


def test_only_the_archives_of_recordings_are_looked_at():
    part = zip_of({"runner_1.fit": RUN, "runner_2.fit": monitoring_fit(), "runner_3.txt": b"not a recording"})
    outer = _listing(_export(**{"UploadedFiles_0-_Part1": part, "UploadedFiles_0-_Part2": part}))
    assert [(entry.path, entry.nested) for entry in outer.entries()] == [
        (f"{UPLOADED}/UploadedFiles_0-_Part1.zip", True),
        (f"{UPLOADED}/UploadedFiles_0-_Part2.zip", True),
    ]
    inner = _listing(_content(outer, outer.entries()[0], LARGEST_ZIP))
    run, monitoring = (read(_content(inner, entry)) for entry in inner.entries())
    assert [activity.sport for activity in run] == ["running"]
    assert monitoring == Skipped("monitoring")


def test_packed_recordings_are_found_by_the_name_inside():
    names = ["a.fit.gz", "b.TCX.GZ", "c.gz", "d.json.gz", "e.tar.gz", "f.gpx"]
    listing = _listing(zip_of(dict.fromkeys(names, gzipped(settings_fit()))))
    assert [entry.path for entry in listing.entries()] == ["a.fit.gz", "b.TCX.GZ", "c.gz", "f.gpx"]


def test_a_path_that_leads_out_is_only_shown():
    files = {"../../../etc/cron.d/run.fit": RUN, "/etc/run.fit": RUN, "C:\\windows\\run.fit": RUN}
    listing = _listing(zip_of(files))
    assert [entry.key for entry in listing.entries()] == ["0", "1", "2"]
    assert all(_content(listing, entry) == RUN for entry in listing.entries())
    with pytest.raises(ActivityFileInvalid):
        list(listing.chunks("../../../etc/cron.d/run.fit", largest=LARGEST_FILE))


def test_a_zip_that_claims_more_than_a_disk_is_refused_before_anything_is_unpacked():
    with pytest.raises(ActivityFileInvalid, match="more than 20 GiB"):
        _listing(zip_bomb(entries=400, declared_bytes=60 * 1024 * 1024, entry_mebibytes=1))
