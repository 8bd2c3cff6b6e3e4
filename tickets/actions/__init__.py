"""Whatever can happen to a ticket, one verb each: lock, leave if nothing changes, change, save, record."""
