"""The whole of Pace42 on one machine: real PostgreSQL, real Redis, every service and worker under one supervisor.

``python -m deploy.local`` starts it (``make run``). Nothing here goes into an image: on more than one machine the
same processes are started by Docker Compose or Kubernetes, with the same environment variables.
"""
