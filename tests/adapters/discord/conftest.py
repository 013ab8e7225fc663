"""Fixtures of Paperboy in Discord."""

from standins.newsstand import office, stand

__all__ = ["office", "stand"]
