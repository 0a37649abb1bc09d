"""FIT: from the bytes on the wire over tables of messages to recordings."""
