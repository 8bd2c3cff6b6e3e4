"""Automation for programs: rules, schedules, macros, webhooks, alert sources, and what queues say about these."""
