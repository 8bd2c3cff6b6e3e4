"""Backup and restore: one stream with the database as of one moment, the files, and what proves that it is complete.

`archive.py` is the format, `making.py` writes it, `restoring.py` reads it, `programs.py` finds PostgreSQL's own tools.
"""
