"""`make migration NAME="add badges"`: writes the difference between the models and a database that is up to
date into a new file under migrations/versions, to be read before it is committed."""

import sys

from hub.core.migrating import library
from hub.factory import create_app


def main(name: str) -> None:
    if not name:
        sys.exit('Say what changes: make migration NAME="add badges"')
    with create_app().app_context():
        library().migrate(message=name)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]).strip())
