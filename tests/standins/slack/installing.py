"""OAuth's pages: where a person is sent to install the app, and what their browser does there."""

from __future__ import annotations

import html
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from standins.slack.api_oauth import Code
from standins.slack.world import Json, User, Workspace
from yarl import URL

if TYPE_CHECKING:
    from standins.slack.server import SlackStandin

AUTHORIZE, APPROVE = "/oauth/v2/authorize", "/oauth/v2/approve"
HREF = re.compile(r"""href=["']([^"']+)["']""")


@dataclass(frozen=True)
class Installed:
    """What a person's browser saw last: the app's own page, and where it was brought to it."""

    status: int
    page: str
    callback_url: str


class Installing:
    """The pages, and a person who follows them."""

    world: Any
    codes: dict[str, Code]

    @property
    def authorize_url(self: SlackStandin) -> str:
        """Where the app sends people who install it."""
        return self.url + AUTHORIZE

    def add_pages(self, app: web.Application) -> None:
        app.router.add_get(AUTHORIZE, self._authorize)
        app.router.add_get(APPROVE, self._approve)

    # --- the pages

    async def _authorize(self: SlackStandin, request: web.Request) -> web.Response:
        """A link for each workspace, and one to refuse."""
        problem = self._objection(request.query)
        if problem:
            return web.Response(status=400, text=problem)
        links = [
            f'<li><a href="{html.escape(_link(request, team=place.id))}">Allow in {place.name}</a>'
            for place in self.workspaces
        ]
        deny = html.escape(_link(request, denied="1"))
        page = f'<h1>{self.app.name}</h1><ul>{"".join(links)}</ul><a href="{deny}">Cancel</a>'
        return web.Response(text=page, content_type="text/html")

    def _objection(self: SlackStandin, asked: Any) -> str:
        """Why Slack would show an error page, "" for no reason."""
        if asked.get("client_id") != self.app.client_id:
            return "invalid_client_id"
        wanted = _scopes(asked.get("scope", ""))
        if not wanted:
            return "invalid_scope: no scopes requested"
        strange = {*wanted} - {*self.app.scopes}
        if strange:
            return f"invalid_scope: {','.join(sorted(strange))}"
        target, allowed = asked.get("redirect_uri", ""), tuple(self.redirect_uris)
        if allowed and target and not target.startswith(allowed):
            return "bad_redirect_uri"
        return ""

    async def _approve(self: SlackStandin, request: web.Request) -> web.Response:
        """Back to the app, with a code or with access_denied."""
        asked = request.query
        problem = self._objection(asked)
        if problem:
            return web.Response(status=400, text=problem)
        back: Json = {"error": "access_denied"} if asked.get("denied") else {}
        if not back:
            place = self.world.workspaces[asked["team"]]
            person = place.users.get(asked.get("user", "")) or self._installer(place)
            back = {"code": self._new_code(place, person, asked)}
        if asked.get("state"):
            back["state"] = asked["state"]
        target = asked.get("redirect_uri") or next(iter(self.redirect_uris), "")
        return web.Response(status=302, headers={"Location": f"{target}?{urlencode(back)}"})

    def _installer(self: SlackStandin, place: Workspace) -> User:
        people = [each for each in place.users.values() if not each.is_bot]
        return people[0] if people else self.world.add_user("installer", place, is_admin=True)

    def _new_code(self: SlackStandin, place: Workspace, person: User, asked: Any) -> str:
        code = Code(
            f"stand-in.{secrets.token_hex(12)}", place, person, asked.get("redirect_uri", ""),
            self.clock(), tuple(_scopes(asked["scope"])),
        )  # fmt: skip
        self.codes[code.text] = code
        return code.text

    # --- the person

    async def install(
        self: SlackStandin,
        start_url: str,
        workspace: Workspace,
        user: User | None = None,
        *,
        approve: bool = True,
        forget_cookies: bool = False,
        tampered_state: str | None = None,
    ) -> Installed:
        """Begin at the app's install page and go to its end.

        `forget_cookies` comes back as another browser would, `tampered_state` with another state.
        """
        async with aiohttp.ClientSession(cookie_jar=_jar(start_url)) as browser:
            authorize = await self._follow_to_slack(browser, start_url)
            query = dict(authorize.query)
            choice = {"team": workspace.id} if approve else {"denied": "1"}
            if tampered_state is not None:
                query["state"] = tampered_state
            if user:
                choice["user"] = user.id
            target = URL(self.url + APPROVE).with_query(query | choice)
            async with browser.get(target, allow_redirects=False) as answer:
                assert answer.status == 302, f"Slack says: {await answer.text()}"
                back = answer.headers["Location"]
            if forget_cookies:
                browser.cookie_jar.clear()
            return await _arrive(browser, back)

    async def _follow_to_slack(
        self: SlackStandin, browser: aiohttp.ClientSession, start_url: str
    ) -> URL:
        """The address of Slack's page that the app's own one leads to, having looked at it."""
        async with browser.get(start_url, allow_redirects=False) as answer:
            page = await answer.text()
            links = [answer.headers.get("Location", ""), *map(html.unescape, HREF.findall(page))]
        found = next((each for each in links if each.startswith(self.authorize_url)), None)
        assert found, f"{start_url} ({answer.status}) leads nowhere: {page[:300]}"
        target = URL(found)
        async with browser.get(target) as answer:
            assert answer.status == 200, f"Slack says: {await answer.text()}"
        return target


async def _arrive(browser: aiohttp.ClientSession, back: str) -> Installed:
    async with browser.get(back, allow_redirects=False) as answer:
        return Installed(answer.status, await answer.text(), back)


def _jar(start_url: str) -> aiohttp.CookieJar:
    """Cookies that are marked Secure are kept: in earnest there is a proxy with TLS in front."""
    origin = URL(start_url).origin()
    return aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=origin)


def _link(request: web.Request, **more: str) -> str:
    return f"{APPROVE}?{urlencode({**request.query, **more})}"


def _scopes(text: str) -> list[str]:
    return [each for each in re.split(r"[,\s]+", text) if each]
