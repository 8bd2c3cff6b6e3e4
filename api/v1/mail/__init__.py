"""Mail for programs of administrators: the ledger of what came in, the outbox, our addresses and mailboxes."""
