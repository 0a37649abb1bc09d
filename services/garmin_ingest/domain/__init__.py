"""What an activity is and what may be done with one, in plain Python."""
