"""The core: knows papers, not platforms, not engines."""
