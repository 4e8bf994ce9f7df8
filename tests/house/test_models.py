"""What holds for the tables of every room."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from sqlalchemy.orm import MANYTOONE, configure_mappers

from hub.core.database import Base
from hub.rooms import ROOMS

for _room in ROOMS:
    for _module in ("models", "rules", "tasks"):  # whatever holds tables, or leads to what does
        if find_spec(f"hub.{_room}.{_module}"):
            import_module(f"hub.{_room}.{_module}")
configure_mappers()
CERTAIN = sorted(
    (
        relation
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if relation.direction is MANYTOONE and not any(column.nullable for column in relation.local_columns)
    ),
    key=str,
)


@pytest.mark.parametrize("relation", CERTAIN, ids=str)
def test_what_is_always_there_is_joined_in_a_way_that_databases_do_well(relation):
    """A join inside an outer join makes SQLite read the whole inner table: a page then costs more as the hub
    grows. "unnested" never nests."""
    assert relation.innerjoin == "unnested"
