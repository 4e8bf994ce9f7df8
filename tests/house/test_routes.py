"""Every address is behind the policy."""

from flask import Flask

from hub.core import access, policy


def test_every_view_declares_an_action_that_somebody_ruled_on(app: Flask):
    undeclared = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in access.library_endpoints
        and getattr(view, "required_action", None) not in policy.known_actions()
    ]
    assert undeclared == []


def test_endpoints_of_libraries_are_few_and_known(app: Flask):
    assert access.library_endpoints <= set(app.view_functions)


def test_an_undeclared_view_is_refused(data_folder):
    from hub.core.settings import Settings
    from hub.factory import create_app

    other = create_app(Settings(data=data_folder / "undeclared", secret_key="x" * 32))
    other.add_url_rule("/undeclared", view_func=lambda: "secret")
    answer = other.test_client().get("/undeclared")
    assert answer.status_code == 500
    assert b"secret" not in answer.data


def test_a_view_that_forgets_to_check_is_refused(data_folder):
    from hub.core.settings import Settings
    from hub.factory import create_app

    other = create_app(Settings(data=data_folder / "forgets", secret_key="x" * 32))

    @other.get("/forgets")
    @access.requires("group.read")
    def forgets() -> str:
        return "secret"

    answer = other.test_client().get("/forgets")
    assert answer.status_code == 500
    assert b"secret" not in answer.data
