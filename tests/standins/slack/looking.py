"""Looking at what is there in the stand-in, as people see it, and at what the app asked for."""

from __future__ import annotations

from standins.slack.drafts import Desk
from standins.slack.front import Front, Seen
from standins.slack.world import Channel, Json, Message, User, View, Workspace, World


class Looking:
    """None of this changes anything."""

    world: World
    front: Front
    desk: Desk

    @property
    def workspaces(self) -> list[Workspace]:
        return [*self.world.workspaces.values()]

    @property
    def bot_token(self) -> str:
        """That of the first workspace; "" where there is none."""
        return self.workspaces[0].bot_token if self.workspaces else ""

    @property
    def bot(self) -> User:
        return self.workspaces[0].bot

    def channel(self, name: str = "papers", workspace: int = 0) -> Channel:
        return self.workspaces[workspace].channel(name)

    def dm(self, user: User) -> Channel:
        """The direct message of a person with the app."""
        return self.world.dm(user)

    def messages(self, channel: Channel) -> list[Message]:
        """What everybody sees in a channel, with the replies of threads, the oldest first."""
        return [channel.messages[each] for each in sorted(channel.messages)]

    def thread(self, parent: Message) -> list[Message]:
        """The replies to a message, the oldest first."""
        there = self.messages(parent.channel)
        return [each for each in there if each.thread_ts == parent.ts and each is not parent]

    def ephemerals(self, user: User, channel: Channel | None = None) -> list[Message]:
        """What this person alone sees, the oldest first."""
        return [
            each
            for each in self.world.messages
            if each.visible_to is user and channel in (None, each.channel) and not each.deleted
        ]

    def modal(self, user: User) -> View | None:
        """The one that lies on top; None where none is open."""
        return user.stack[-1] if user.stack else None

    def file(self, file_id: str) -> bytes:
        """What was uploaded."""
        return self.world.files[file_id]["data"]

    @property
    def requests(self) -> list[Seen]:
        return self.front.requests

    def calls(self, method: str) -> list[Seen]:
        """The requests of a method; "response_url" and "upload" are methods here too."""
        return [each for each in self.requests if each.method == method]

    @property
    def refused(self) -> list[tuple[Json, list[str]]]:
        """(body, problems) of what the checks refused."""
        return self.desk.refused

    def status_count(self, status: int) -> int:
        return self.front.statuses[status]

    def counts(self) -> Json:
        """For those in another process: what came of it so far."""
        places = [each for place in self.workspaces for each in place.channels.values()]
        return {
            "statuses": {str(status): n for status, n in self.front.statuses.items()},
            "messages": {each.id: len(each.messages) for each in places if each.messages},
            "texts": {
                each.id: [message.text for message in each.messages.values()]
                for each in places
                if each.messages
            },
            "refused": self.refused,
        }
