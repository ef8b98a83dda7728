"""The schema while the statements are read: what the files made, what was there before, what is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier
from midflight.presupposed import known
from midflight.presupposed.columns import Weight
from midflight.presupposed.relations import Key, Part, Relation, column_in
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from midflight.presupposed.columns import Column
    from midflight.sql.grammar.nodes import Tree


@dataclass(eq=False, slots=True)
class Type:
    """An enum, domain or other type."""

    name: Name
    presumed: bool
    file: int = 0
    labels: list[str] = field(default_factory=list)
    is_domain: bool = False

    def add_label(self, label: str) -> None:
        """Take note of a label that it must have had."""
        if self.presumed and label not in self.labels:
            self.labels.append(label)


@dataclass(frozen=True, slots=True)
class Thing:
    """Anything that is made by one statement of its own, such as a function, sequence, role or extension."""

    kind: str
    """In lower-case words."""
    name: str
    """For a person; for a function with the types of its arguments."""
    sql: str
    file: int = 0


@dataclass(frozen=True, slots=True)
class Guess:
    """A column whose type before its change nothing tells."""

    file: int
    statement: int
    table: str
    column: str
    of: Column


@dataclass(eq=False, slots=True)
class World:
    """All of it."""

    file: int = 0
    statement: int = 0
    path: list[str] = field(default_factory=lambda: ["public"])
    """The search path."""
    relations: dict[tuple[str, str], Relation] = field(default_factory=dict)
    """By what they are called at this point."""
    presumed: list[Relation] = field(default_factory=list)
    types: dict[tuple[str, str], Type] = field(default_factory=dict)
    presumed_types: list[Type] = field(default_factory=list)
    made: set[tuple[str, str]] = field(default_factory=set)
    """Kind and name of the other things that the files made."""
    gone: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, schema and name of what the files dropped or gave another name."""
    things: dict[tuple[str, str], Thing] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    touched: set[tuple[int, int]] = field(default_factory=set)
    """File and statement of those that name anything presumed."""
    contradicted: set[tuple[int, int]] = field(default_factory=set)
    """File and statement of those that name what a statement before has dropped."""
    columns: dict[tuple[int, int], list[Column]] = field(default_factory=dict)
    """By file and statement: the presumed columns that it names."""
    relations_named: dict[tuple[int, int], list[Relation]] = field(default_factory=dict)
    """By file and statement: the presumed relations that it names."""
    mentioned: tuple[Name, ...] = ()
    """Every relation that the files name, to find the table of an index in."""
    definitions: Mapping[tuple[str, str], tuple[Tree, str]] = field(default_factory=dict)
    """By table and name: the constraints that the files add, as tree and as SQL."""
    added_labels: dict[str, str | None] = field(default_factory=dict)
    """Labels that the files add to enums, with the enum where that is presumed."""
    recreated: list[Column] = field(default_factory=list)
    """Columns that went to an enum which the files made, before the type that it replaces was seen."""

    def touch(self) -> None:
        """Take note that the statement at hand rests on something presumed."""
        self.touched.add((self.file, self.statement))

    def name_column(self, column: Column) -> None:
        """Take note that the statement at hand names a presumed column."""
        self.columns.setdefault((self.file, self.statement), []).append(column)
        self.touch()

    def end_statement(self) -> None:
        """Take note of the dropped columns that the statement at hand named."""
        place = (self.file, self.statement)
        for relation in self.named(place):
            if relation.missed:
                self.contradicted.add(place)
                relation.missed.clear()

    def columns_named(self, place: tuple[int, int]) -> list[Column]:
        """The presumed columns that a statement names."""
        return self.columns.get(place, [])

    def named(self, place: tuple[int, int]) -> list[Relation]:
        """The presumed relations that a statement names."""
        return self.relations_named.get(place, [])

    def type_is_unknown(self, name: Name) -> bool:
        """Tell whether nothing so far has told of a type."""
        return not any(key in self.types or ("type", *key) in self.gone for key in self.keys_of(name))

    def keys_of(self, name: Name) -> list[tuple[str, str]]:
        """Where a name may be found, first to last."""
        return [(schema, name.name) for schema in ([name.schema] if name.schema else self.path)]

    def find(self, name: Name) -> Relation | None:
        """Find a relation that is there at this point."""
        found = next((self.relations[key] for key in self.keys_of(name) if key in self.relations), None)
        if found and found.presumed:
            self._name(found)
        return found

    def _name(self, relation: Relation) -> None:
        self.relations_named.setdefault((self.file, self.statement), []).append(relation)
        self.touch()

    def relation(self, name: Name) -> Relation | None:
        """Find a relation, presumed where nothing tells of it; None where it is PostgreSQL's own or is gone."""
        if found := self.find(name):
            return found
        if any(("relation", *key) in self.gone for key in self.keys_of(name)):
            self.contradicted.add((self.file, self.statement))
            return None
        if _is_systems(name):
            return None
        key = self.keys_of(name)[0]
        self.need_schema(key[0])
        relation = Relation(Name(*key), presumed=True, file=self.file)
        self.relations[key] = relation
        self.presumed.append(relation)
        self._name(relation)
        return relation

    def make_relation(self, name: Name, *, if_not_exists: bool = False) -> Relation | None:
        """Take note of a relation that a statement creates; None where it is there already."""
        key = self.keys_of(name)[0]
        self.need_schema(key[0])
        if key in self.relations and (if_not_exists or self.relations[key].presumed):
            return None
        relation = Relation(Name(*key), presumed=False, file=self.file)
        self.relations[key] = relation
        self.gone.discard(("relation", *key))
        return relation

    def drop_relation(self, name: Name) -> None:
        """Take note that a relation goes."""
        for key in self.keys_of(name):
            if self.relations.pop(key, None):
                self.gone.add(("relation", *key))
                return

    def move_relation(self, name: Name, new: Name) -> None:
        """Take note of a relation's new name."""
        relation = self.relation(name)
        if relation is None:
            return
        key = next(key for key, known in self.relations.items() if known is relation)
        del self.relations[key]
        self.gone.add(("relation", *key))
        moved = (new.schema or key[0], new.name)
        self.relations[moved] = relation
        self.gone.discard(("relation", *moved))

    def type(self, name: Name) -> Type | None:
        """Find a type, presumed where nothing tells of it; None where it is PostgreSQL's own or is gone."""
        keys = self.keys_of(name)
        found = next((self.types[key] for key in keys if key in self.types), None)
        gone = any(("type", *key) in self.gone for key in keys)
        if found or gone or _is_systems(name) or any(key in self.relations for key in keys):
            if found and found.presumed:
                self.touch()
            return found
        self.need_schema(keys[0][0])
        made = Type(Name(*keys[0]), presumed=True, file=self.file)
        self.types[keys[0]] = made
        self.presumed_types.append(made)
        self.touch()
        return made

    def make_type(self, name: Name) -> None:
        """Take note of a type that a statement creates."""
        key = self.keys_of(name)[0]
        self.types[key] = Type(Name(*key), presumed=False, file=self.file)
        self.gone.discard(("type", *key))

    def move_type(self, name: Name, new: Name | None) -> None:
        """Take note of a type's new name; None where it goes."""
        found = self.type(name)
        key = next((key for key, known in self.types.items() if known is found), None)
        if found is None or key is None:
            return
        del self.types[key]
        self.gone.add(("type", *key))
        if new:
            self.types[new.schema or key[0], new.name] = found

    def need(self, kind: str, name: str, sql: str) -> None:
        """Take note of a thing that must have been there, unless the files made it."""
        if (kind, name) not in self.made:
            self.things.setdefault((kind, name), Thing(kind, name, sql, self.file))
            self.touch()

    def need_schema(self, schema: str) -> None:
        """Take note of a schema that must have been there."""
        if schema != "public" and schema not in known.SYSTEM_SCHEMAS:
            self.need("schema", schema, f"CREATE SCHEMA {Name(None, schema).sql}")

    def need_extension(self, name: str | None) -> None:
        """Take note of an extension that must have been there."""
        if name:
            self.need("extension", name, f"CREATE EXTENSION {Name(None, name).sql}")

    def need_role(self, name: str) -> None:
        """Take note of a role that must have been there."""
        if name not in known.SYSTEM_ROLES and not name.startswith("pg_"):
            self.need("role", name, f"CREATE ROLE {Name(None, name).sql}")

    def need_sequence(self, name: Name) -> None:
        """Take note of a sequence that must have been there."""
        key = self.keys_of(name)[0]
        sequence = Name(*key)
        if key not in self.relations and ("relation", *key) not in self.gone:
            self.need_schema(key[0])
            self.need("sequence", str(sequence), f"CREATE SEQUENCE {sequence.sql}")

    def need_index(self, name: Name) -> None:
        """Take note of an index whose table is not told with it; presume the table from the name."""
        key = self.keys_of(name)[0]
        if ("index", name.name) in self.made or ("relation", *key) in self.gone:
            return
        if any(known_key.name == name.name for relation in self.presumed for known_key in relation.keys):
            self.touch()
            return
        relation = self.relation(self._table_of(name))
        if relation is not None and relation.presumed:
            column = column_in(name.name, relation)
            if relation.column(column):
                relation.keys.append(Key((column,), name.name, "plain index"))
                self.touch()

    def _table_of(self, index: Name) -> Name:
        in_name = [table for table in self.mentioned if table.name in index.name]
        if in_name:
            return max(in_name, key=lambda table: len(table.name))
        return self.mentioned[0] if len(set(self.mentioned)) == 1 else Name(index.schema, f"table_of_{index.name}")

    def drop_index(self, name: Name) -> None:
        """Take note that an index goes."""
        self.need_index(name)
        self.made.discard(("index", name.name))
        self.gone.add(("relation", *self.keys_of(name)[0]))

    def need_role_of(self, role: Tree) -> None:
        """Take note of the role that a statement names, if it is no word such as CURRENT_USER."""
        if role.rolename:
            self.need_role(role.rolename)

    def need_trigger(self, relation: Relation, name: str) -> None:
        """Take note of a trigger that a table must have had."""
        trigger = (relation.name.name, name)
        if relation.presumed and ("trigger", ".".join(trigger)) not in self.made and name:
            self.need_function(Name(None, PRESUMED_TRIGGER), trigger=True)
            sql = (
                f"CREATE TRIGGER {quote_identifier(name)} BEFORE UPDATE ON {relation.name.sql} "
                f"FOR EACH ROW EXECUTE FUNCTION {quote_identifier(PRESUMED_TRIGGER)}()"
            )
            relation.add_part(Part(name, sql))
            self.touch()

    def need_function(self, name: Name, arguments: Iterable[str] = (), *, trigger: bool = False) -> None:
        """Take note of a function that must have been there; it does nothing."""
        if ("function", name.name) in self.made or name.schema in known.SYSTEM_SCHEMAS:
            return
        types = ", ".join(arguments)
        if name.schema:
            self.need_schema(name.schema)
        body = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        if not trigger:
            body = "RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"
        self.need("function", name.name, f"CREATE FUNCTION {name.sql}({types}) {body}")

    def recreate_type(self, column: Column, new: str) -> None:
        """Take note of a column that goes to a type which the files made in the place of another."""
        renamed = [type_ for type_ in self.presumed_types if str(type_.name) == new]
        if renamed:
            column.hint(str(renamed[0].name), Weight.TOLD)
        else:
            self.recreated.append(column)

    def drop_type(self, name: Name, *, is_domain: bool) -> None:
        """Take note that a type goes; columns that have left for a new one were of it."""
        found = self.type(name)
        if found is not None and found.presumed:
            found.is_domain = is_domain
            for column in self.recreated:
                column.hint(str(found.name), Weight.TOLD)
            self.recreated.clear()
        self.move_type(name, None)


PRESUMED_TRIGGER = "presumed_trigger"


def _is_systems(name: Name) -> bool:
    return name.schema in known.SYSTEM_SCHEMAS or (name.schema is None and name.name.startswith("pg_"))
