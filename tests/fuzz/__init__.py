"""Files made to break the reader: the campaign against fitdecode, and the harness of atheris."""
