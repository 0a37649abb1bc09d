"""The part of shared that speaks HTTP: one boundary, one envelope, one form of route table, one client."""
