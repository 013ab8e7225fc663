"""Fixtures of Paperboy in Slack."""

from standins.slack_newsstand import office, stand

__all__ = ["office", "stand"]
