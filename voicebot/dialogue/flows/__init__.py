"""One module a flow: each reads like the conversation it holds."""
