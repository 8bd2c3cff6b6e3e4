"""Imports for programs."""
