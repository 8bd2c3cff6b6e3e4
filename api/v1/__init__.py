"""Version 1 of the interface: one module per resource, shapes out, forms in."""
