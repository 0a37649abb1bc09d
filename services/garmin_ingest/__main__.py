"""``python -m services.garmin_ingest``: serve, or one of the commands that ``--help`` lists."""

from pathlib import Path

from services.garmin_ingest.app import create_app
from services.garmin_ingest.config import GarminIngestSettings
from shared.http.command_line import main

if __name__ == "__main__":
    main(
        process="garmin_ingest",
        settings=GarminIngestSettings,
        create_app=create_app,
        migrations=Path(__file__).with_name("migrations"),
    )
