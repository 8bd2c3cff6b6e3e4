"""What operators of an installation need: figures for monitoring, signs of life, backup and restore."""
