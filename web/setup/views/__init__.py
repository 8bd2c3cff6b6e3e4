"""Views of the administration, one module per section."""
