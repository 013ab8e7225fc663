"""The Web API of the app itself: its tokens, its connections, its team, its end."""

from __future__ import annotations

import hmac

from standins.slack.calls import Call, Method
from standins.slack.refusals import Refused
from standins.slack.world import Json


def api_test(call: Call) -> Json:
    if call.text("error"):
        raise Refused(call.text("error"))
    return {"args": call.params}


def auth_test(call: Call) -> Json:
    assert call.token
    app = call.slack.app
    if call.token.kind == "app":
        return {"app_id": app.id, "app_name": app.name}
    place = call.workspace
    return {
        "url": f"https://{place.domain}.slack.com/",
        "team": place.name,
        "user": place.bot.name,
        "team_id": place.id,
        "user_id": place.bot.id,
        "bot_id": place.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    if not call.slack.app.socket_mode:
        raise Refused("forbidden_socket_mode")
    return {"url": call.slack.sockets.new_url()}


def bots_info(call: Call) -> Json:
    place, app = call.workspace, call.slack.app
    if call.text("bot", place.bot_id) != place.bot_id:
        raise Refused("bot_not_found")
    about = {"id": place.bot_id, "deleted": False, "name": app.name, "app_id": app.id}
    return {"bot": about | {"user_id": place.bot.id, "updated": 1_700_000_000, "icons": {}}}


def team_info(call: Call) -> Json:
    place = call.workspace
    domain = f"https://{place.domain}.slack.com/"
    return {
        "team": {
            "id": place.id,
            "name": place.name,
            "domain": place.domain,
            "email_domain": "",
            "url": domain,
            "icon": {"image_default": True},
        }
    }


def revoke(call: Call) -> Json:
    assert call.token
    if call.flag("test"):
        return {"revoked": False}
    place = call.workspace
    call.token.state = "token_revoked"
    call.slack.told_revoked(place)
    return {"revoked": True}


def uninstall(call: Call) -> Json:
    app = call.slack.app
    check_client(call.needed("client_id"), call.needed("client_secret"), app)
    call.slack.uninstall(call.workspace)
    return {}


def check_client(client_id: str, client_secret: str, app: object) -> None:
    """Raise what Slack says to a wrong client id or secret."""
    if client_id != app.client_id:
        raise Refused("invalid_client_id")
    if not hmac.compare_digest(client_secret, app.client_secret):
        raise Refused("bad_client_secret")


METHODS = {
    "api.test": Method(api_test, kinds=()),
    "auth.test": Method(auth_test, kinds=("bot", "app")),
    "auth.revoke": Method(revoke),
    "apps.connections.open": Method(connections_open, kinds=("app",)),
    "apps.uninstall": Method(uninstall),
    "bots.info": Method(bots_info, ("users:read",)),
    "team.info": Method(team_info, ("team:read",)),
}
