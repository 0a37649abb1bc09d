"""``python -m services.coach_agent``: serve, or one of the commands that ``--help`` lists."""

from pathlib import Path

from services.coach_agent.app import create_app
from services.coach_agent.config import CoachAgentSettings
from shared.http.command_line import main

if __name__ == "__main__":
    main(
        process="coach_agent",
        settings=CoachAgentSettings,
        create_app=create_app,
        migrations=Path(__file__).with_name("migrations"),
    )
