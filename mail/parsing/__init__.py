"""The steps of reading one raw message, each pure and each linear in its input; `mail/parse.py` is their face."""
