"""Fetching from mailboxes on other servers: stored here first, only then flagged, moved or deleted there.

`visiting.py` is one go at an account, whatever its server speaks: `imap.py` and `pop3.py` know how. `connecting.py`
makes the connections, `oauth.py` gets tokens to sign in with, `troubles.py` says in plain words what went wrong,
`pausing.py` when the next go is, `idling.py` waits for servers that tell of new mail by themselves, `looking.py` looks
into a mailbox for people and for the reconciliation, `providers.py` knows how to reach the common providers.
"""
