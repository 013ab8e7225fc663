"""Pictures of what Paperboy sends in Discord: `make pictures`.

The payloads are real: commands, digest and alert go over the wire to the stand-in of Discord that
the tests use, and what it was sent is drawn. The look is our own HTML and CSS after Discord's
client: the components libraries for it (npm: @skyra/discord-components-core and its forks) know
neither Components V2 nor the client's colours of today.
"""
