"""The programs' door: REST, version 1."""
