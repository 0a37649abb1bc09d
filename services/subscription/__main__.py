"""``python -m services.subscription``: serve, or one of the commands that ``--help`` lists."""

from pathlib import Path

from services.subscription.app import create_app
from services.subscription.config import SubscriptionSettings
from shared.http.command_line import main

if __name__ == "__main__":
    main(
        process="subscription",
        settings=SubscriptionSettings,
        create_app=create_app,
        migrations=Path(__file__).with_name("migrations"),
    )
