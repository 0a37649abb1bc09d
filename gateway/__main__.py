"""``python -m gateway``: serve until SIGTERM."""

from gateway.app import main

if __name__ == "__main__":
    main()
