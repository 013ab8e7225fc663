"""One folder a place to talk. They do not know each other."""
