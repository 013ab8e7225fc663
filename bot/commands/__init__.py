"""Every verb: declared in one table, read from typed lines, answered from one desk."""

from bot.commands.desk import Desk
from bot.commands.dispatch import Commands
from bot.commands.lines import read_line
from bot.commands.table import COMMANDS
from bot.commands.verbs import Command, Kind, Param

__all__ = ["COMMANDS", "Command", "Commands", "Desk", "Kind", "Param", "read_line"]
