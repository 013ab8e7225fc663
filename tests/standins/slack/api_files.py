"""The Web API of files: an address to upload to, and the sharing of what was uploaded."""

from __future__ import annotations

from standins.slack.calls import Call, Method
from standins.slack.refusals import Refused
from standins.slack.world import Json, Message


def upload_url(call: Call) -> Json:
    name, length = call.needed("filename"), call.number("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", ["length must be positive"])
    world = call.slack.world
    file = {"id": world.new_id("F"), "name": name, "size": length, "data": None}
    world.files[file["id"]] = file
    return {"upload_url": f"{call.slack.url}/upload/v1/{file['id']}", "file_id": file["id"]}


def complete(call: Call) -> Json:
    """The files appear in the channel as one message of the app's, if one is named."""
    told = call.nested("files")
    if not isinstance(told, list) or not told:
        raise Refused("invalid_arguments", ["files must be a list"])
    files = [_uploaded(call, each) for each in told]
    if call.text("channel_id"):
        call.params["channel"] = call.text("channel_id")
        _share(call, files)
    return {"files": [{"id": each["id"], "title": each["title"]} for each in files]}


def _uploaded(call: Call, told: Json) -> Json:
    file = call.slack.world.files.get(told.get("id", ""))
    if file is None or file["data"] is None:
        raise Refused("file_not_found")
    if len(file["data"]) != file["size"]:
        raise Refused("file_update_failed")
    return file | {"title": told.get("title") or file["name"]}


def _share(call: Call, files: list[Json]) -> None:
    channel = call.place()
    call.may_write(channel)
    world = call.slack.world
    message = Message(
        world.new_ts(), channel, call.bot, call.text("initial_comment"),
        thread_ts=call.text("thread_ts") or None, subtype="file_share", order=world.next_order(),
    )  # fmt: skip
    message.files = [
        {"id": each["id"], "name": each["name"], "title": each["title"], "size": each["size"]}
        for each in files
    ]
    message.edits.append({"text": message.text})
    world.messages.append(message)
    channel.messages[message.ts] = message
    call.slack.told_message(message)


METHODS = {
    "files.getUploadURLExternal": Method(upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete, ("files:write",)),
}
