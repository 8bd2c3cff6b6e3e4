"""How dates are written where a language leaves it open (settings.FORMAT_MODULE_PATH)."""
