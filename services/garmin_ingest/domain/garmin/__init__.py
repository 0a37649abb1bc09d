"""The runner's link to a Garmin account: connecting, keeping in step, and letting go."""
