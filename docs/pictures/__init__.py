"""Pictures of what Paperboy sends in Discord and Slack: `make pictures`.

The payloads are real: commands, forms, digest and alert go over the wire to the stand-ins that the
tests use, and what those were sent is drawn. The looks are our own HTML and CSS after the clients.
For Discord, the components libraries (npm: @skyra/discord-components-core and its forks) know
neither Components V2 nor the client's colours of today. For Slack, slack-blocks-to-jsx 1.1.1 (npm)
knows every block, but no modal, Home, thread or error; it leaves what is chosen in a select empty
and says in its place that it "requires external data", and sets sections of text on one line.
"""
