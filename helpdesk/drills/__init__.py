"""Drills: a whole installation of its own under load, while somebody kills parts of it or all want the same thing.

`python -m helpdesk.drills F03 K01 ...` runs them in full, with `--small` as in the tests; one line of JSON for each.
`stage.py` is the installation, `load.py` its users, `accounting.py` counts afterwards what they were promised;
`faults.py`, `fetching.py`, `doors.py`, `promises.py` and `crowds.py` are the drills, `dovecot.py` is a mail server for
them, `catalogue.py` their list and sizes.
"""
