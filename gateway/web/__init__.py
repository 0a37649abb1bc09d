"""The pages a runner sees: one more client of the services, rendered on the server.

Pages know a visitor by the sealed cookie of ``session.py``, reach the services through the ports of ``ports.py`` with
the same limits, deadlines and caller tokens as any API client, and never see a database.
"""
