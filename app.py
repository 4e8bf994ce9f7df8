"""The WSGI application."""

from hub.factory import create_app

app = create_app()
