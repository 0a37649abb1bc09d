"""What ``make bench`` runs: the whole stack, measured as a client and as the machine sees it. Never a timed test."""
