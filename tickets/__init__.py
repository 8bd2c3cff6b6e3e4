"""The heart: tickets, articles, queues, rights and history. Knows no SLA, no mail, no process, no HTTP."""
