"""The tables of the SQL store."""

from pathlib import Path

from sqlalchemy import create_engine

from oauthone.server.stores import _schema as schema


def test_the_tables_are_those_that_the_page_about_stores_lists() -> None:
    """Each column, its type, whether it may be NULL, and its index."""
    page = (Path(__file__).parents[3] / "docs" / "stores.md").read_text(encoding="utf-8")
    told, table = list[tuple[str, ...]](), ""
    for line in page.partition("| table | column | type | |\n")[2].partition("\n\n")[0].splitlines()[1:]:
        name, column, kind, rest = [cell.strip().strip("`") for cell in line.strip()[1:-1].split("|")]
        table = name or table
        notes = {note.strip() for note in rest.split(";")}
        told.append((table, column, kind, str("nullable" in notes), str("index" in notes), str("primary key" in notes)))
    assert told == [
        (
            table.name,
            column.name,
            str(column.type.compile(dialect=create_engine("sqlite://").dialect)),
            str(bool(column.nullable)),
            str(bool(column.index)),
            str(column.primary_key),
        )
        for table in (schema.clients, schema.pending_authorizations, schema.tokens, schema.nonces, schema.horizon)
        for column in table.c
    ]
