"""A Garmin for tests: ``world`` is what it holds, the servers beside it answer as Garmin's interfaces do."""
