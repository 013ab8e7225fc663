"""Discord's refusals: a status, a code of its own and the words it says them with."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake of ours
    """An answer with an error in it; `errors` is the nested part of an invalid form body."""

    def __init__(self, status: int, code: int, message: str, errors: dict | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors

    @property
    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"message": self.message, "code": self.code}
        return body | ({"errors": self.errors} if self.errors else {})


# The words, by code, of what is refused here and of what a test may want as a fault.
MESSAGES = {
    0: "401: Unauthorized",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    10063: "Unknown application command",
    20016: "This action cannot be performed due to slowmode rate limit",
    40003: "You are opening direct messages too fast.",
    40060: "Interaction has already been acknowledged.",
    40094: "This interaction has reached the maximum number of follow up messages",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50008: "Cannot send messages in a non-text channel",
    50013: "Missing Permissions",
    50027: "Invalid Webhook Token",
    50035: "Invalid Form Body",
    50278: "Cannot send messages to this user due to having no mutual guilds",
    50083: "Tried to perform an operation on an archived thread, such as editing a message.",
    160002: "Cannot reply without permission to read message history",
    160004: "A thread has already been created for this message",
}
_STATUS = {
    **dict.fromkeys((10003, 10004, 10007, 10008, 10013, 10015, 10062, 10063), 404),
    **dict.fromkeys((40003, 50001, 50005, 50007, 50013, 50278), 403),
    20016: 429,
    0: 401,
    50027: 401,
}


def refuse(code: int) -> Refused:
    """The refusal of a code, as Discord words it; 400 where it has no status of its own."""
    return Refused(_STATUS.get(code, 400), code, MESSAGES[code])


def invalid(problems: dict[str, tuple[str, str]]) -> Refused:
    """50035; `problems` are (code, message) by the field's path, its steps parted by dots."""
    tree: dict = {}
    for path, (code, message) in problems.items():
        node = tree
        for step in filter(None, path.split(".")):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})
    return Refused(400, 50035, MESSAGES[50035], tree)
