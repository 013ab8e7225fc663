"""Semantic search: the model, the vectors in memory, and what fills them. An extra."""
