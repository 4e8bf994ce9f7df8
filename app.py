"""The WSGI application."""

from hub.core import collecting

with collecting.for_good():
    from hub.core.visitors import Visitors
    from hub.factory import create_app

    app = create_app()
app.wsgi_app = Visitors(app)  # type: ignore[method-assign]
