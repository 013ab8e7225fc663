"""The clicks in Slack, as set-up tells them. Pure."""

from __future__ import annotations

from adapters.slack.manifest import EVENTS_PATH, Mode
from adapters.slack.scopes import SOCKET_SCOPE

MAKING = "1. Open this link, which fills the manifest in; pick your workspace, Next, Create:"

_APP_TOKEN = f"""\
2. Basic Information, App-Level Tokens, Generate Token and Scopes: any name, Add Scope
   {SOCKET_SCOPE}, Generate. That is the app token, xapp-…"""
_SIGNING = """\
2. Basic Information, App Credentials: there the Signing Secret is behind Show."""
_INSTALLING = """\
3. Install App, Install to Workspace, Allow. Then there is the Bot User OAuth Token, xoxb-…
   Where the button says Request to Install, an admin has to approve the app first. Press
   Enter at the bot token then, and run this again once Slack says that it is approved."""
_CREDENTIALS = """\
2. Basic Information, App Credentials: there are the Client ID, the Client Secret and the
   Signing Secret, the latter two behind Show."""
_MORE_CREDENTIALS = """\
2. Basic Information, App Credentials: there are the Client ID and the Client Secret; then
   App-Level Tokens, Generate Token and Scopes: any name, Add Scope connections:write,
   Generate. That is the app token, xapp-…"""
_DISTRIBUTING = """\
3. Manage Distribution, Share Your App with Other Workspaces: tick what there is to tick,
   Activate Public Distribution."""

APPROVAL = """\
No bot token yet. If an admin has to approve the app, Slack tells you when they have: run
this again then, and it asks for the bot token alone. All that was given so far is kept."""


def steps(mode: Mode) -> str:
    """What follows once the app is made, up to its secrets."""
    if mode.many:
        return f"{_MORE_CREDENTIALS if mode.sockets else _CREDENTIALS}\n{_DISTRIBUTING}"
    return f"{_APP_TOKEN if mode.sockets else _SIGNING}\n{_INSTALLING}"


def final_steps(mode: Mode) -> str:
    """What remains to be done in Slack once Paperboy runs; "" for nothing."""
    told = []
    if not mode.sockets:
        told += [
            "Slack must reach Paperboy by HTTP. Once paperboy run is running, open the app's page",
            f"Event Subscriptions: it checks {mode.address}{EVENTS_PATH}",
            "and shows Verified; where it does not, press Retry there.",
        ]
    if mode.many:
        told += [
            "Whoever manages a workspace lets Paperboy in, once it runs, at:",
            f"  {mode.install_link}",
            "There they type /invite @Paperboy in a channel, then /papers subscribe.",
        ]
    return "\n".join(told)
