"""A demo runner: some eighteen months of plausible training, written as real FIT files and sent through the public API.

Read in this order: ``schedule`` (which session on which day), ``sessions`` (what a session asks for), ``simulation``
(what the runner's body and watch make of it), ``fit_writer`` (the file), ``history`` (all of them), ``client``
(sign-up and import). Everything but ``client`` and ``state`` is a pure function of a seed and a date.
"""
