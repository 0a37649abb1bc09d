"""The one door: assigns request ids, verifies who is calling, limits, and passes on with tokens only it can sign.

Owns no tables. ``routes.py`` is the whole of what can be reached from outside; everything else is not found.
"""
