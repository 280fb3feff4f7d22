"""The server: the use cases of a plant over HTTP, and the pages of `web` beside them."""
