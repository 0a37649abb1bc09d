"""``python -m services.auth``: serve, or one of the commands that ``--help`` lists."""

from pathlib import Path

from services.auth.app import create_app, grant_admin
from services.auth.config import AuthSettings
from shared.http.command_line import Command, main

if __name__ == "__main__":
    main(
        process="auth",
        settings=AuthSettings,
        create_app=create_app,
        migrations=Path(__file__).with_name("migrations"),
        commands=(
            Command("create-admin", "give the administrator's role to a registered e-mail", "email", grant_admin),
        ),
    )
