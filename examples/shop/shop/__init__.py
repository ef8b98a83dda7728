"""A small shop: the example application that Midflight checks."""
