"""From the bytes of a file to recordings: one module per format, none of which knows where the bytes came from."""
