"""Processes for programs."""
