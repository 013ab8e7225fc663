"""OAuth's exchange: a code for tokens, and a refresh token for the next pair."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass

from standins.slack.api_app import check_client
from standins.slack.calls import Call, Method
from standins.slack.refusals import Refused
from standins.slack.world import Json, User, Workspace

CODE_SECONDS = 600.0
TOKEN_SECONDS = 43_200  # 12 hours, where tokens rotate


@dataclass(eq=False)
class Code:
    """What the browser brings back: good once, for ten minutes, for one redirect_uri."""

    text: str
    workspace: Workspace
    user: User
    redirect_uri: str
    made_at: float
    scopes: tuple[str, ...]
    used: bool = False


def access(call: Call) -> Json:
    """`oauth.v2.access`, by a code or with grant_type=refresh_token."""
    check_client(*_client(call), call.slack.app)
    if call.text("grant_type") == "refresh_token":
        return _refreshed(call)
    code = call.slack.codes.get(call.text("code"))
    if code is None or call.slack.clock() - code.made_at > CODE_SECONDS:
        raise Refused("invalid_code")
    if code.used:
        raise Refused("code_already_used")
    if call.text("redirect_uri") != code.redirect_uri:
        raise Refused("bad_redirect_uri")
    code.used = True
    given = _tokens(call, code.workspace)
    call.slack.world.tokens[given["access_token"]].scopes = code.scopes
    return given | {"scope": ",".join(code.scopes), "authed_user": {"id": code.user.id}}


def _client(call: Call) -> tuple[str, str]:
    """The id and the secret: from Basic authentication, or from the form."""
    given = call.headers.get("Authorization", "")
    if given.startswith("Basic "):
        try:
            name, _, secret = base64.b64decode(given[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refused("invalid_client_id") from None
        return name, secret
    return call.text("client_id"), call.text("client_secret")


def _refreshed(call: Call) -> Json:
    """The next pair. The old refresh token is dead; the old access token lives to its end."""
    place = call.slack.refreshes.pop(call.text("refresh_token"), None)
    if place is None or not place.installed:
        raise Refused("invalid_refresh_token")
    return _tokens(call, place) | {"scope": ",".join(call.slack.app.scopes)}


def _tokens(call: Call, place: Workspace) -> Json:
    slack = call.slack
    ends = slack.clock() + TOKEN_SECONDS if slack.app.rotates else None
    known = slack.world.tokens.get(place.bot_token)
    # Installed again, the app gets the token that it has, unless tokens rotate.
    keeps = known is not None and not known.state and ends is None
    token = known if keeps and known else slack.world.grant(place, expires_at=ends)
    given: Json = {
        "app_id": slack.app.id,
        "token_type": "bot",
        "access_token": token.text,
        "bot_user_id": place.bot.id,
        "team": {"id": place.id, "name": place.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if slack.app.whole_organisation:
        given |= {"team": None, "enterprise": {"id": "E0ORG", "name": "An organisation"}}
        given["is_enterprise_install"] = True
    if ends:
        refresh = f"xoxe-1-stand-in-{secrets.token_hex(8)}"
        slack.refreshes[refresh] = place
        given |= {"expires_in": TOKEN_SECONDS, "refresh_token": refresh}
    return given


METHODS = {"oauth.v2.access": Method(access, kinds=())}
