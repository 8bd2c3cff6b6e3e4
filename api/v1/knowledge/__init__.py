"""The knowledge base for programs."""
