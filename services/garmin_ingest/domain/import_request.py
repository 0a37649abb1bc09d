"""What one import request does: a few small files at once, anything larger as a job."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from services.garmin_ingest.domain.formats.archive import MIB
from services.garmin_ingest.domain.import_file import ImportFile
from services.garmin_ingest.domain.import_job import ImportJobs
from services.garmin_ingest.domain.imports import FileResult, Received
from shared.errors import ValidationFailed

# What decodes within a second or two: a day's recordings, not an archive.
_MOST_AT_ONCE = 8 * MIB


@dataclass(frozen=True, slots=True)
class ImportRequest:
    import_file: ImportFile
    jobs: ImportJobs

    async def run(
        self, user_id: uuid.UUID, files: Sequence[Received | FileResult], zone: str
    ) -> list[FileResult] | uuid.UUID:
        """The result of each file in order, or the id of the job that will give them; the files are then the job's.

        A file that was refused on its way in comes with its result. Raises ValidationFailed where there is no file.
        """
        if not files:
            issue = "give at least one file in the form field 'file'"
            raise ValidationFailed.of_field("file", issue)
        whole = [file for file in files if isinstance(file, Received)]
        if any(file.is_zip for file in whole) or sum(file.upload.size for file in whole) > _MOST_AT_ONCE:
            refused = [file for file in files if isinstance(file, FileResult)]
            return await self.jobs.start(user_id, whole, refused, zone)
        return [
            file if isinstance(file, FileResult) else await self.import_file.run(user_id, file.upload, zone)
            for file in files
        ]
