"""Accounts, sessions and the tokens that prove them.

Owns the tables ``account``, ``session`` and ``revocation``. Called by the gateway: for its users' sign-up, log-in and
profile, for the public keys that verify access tokens, and for the feed that says which of them no longer count.
"""
