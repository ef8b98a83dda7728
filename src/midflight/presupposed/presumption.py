"""What SQL files presuppose, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postgast import PgQueryError, deparse, find_nodes
from postgast import parse as parse_tree
from postgast import pg_query_pb2 as pb

from midflight.presupposed.laying import laying, own_key
from midflight.presupposed.needs import AFTER_ITS_STATEMENT, answer
from midflight.presupposed.statements import Statements
from midflight.presupposed.world import World
from midflight.sql.grammar.nodes import relation_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from midflight.presupposed.needs import Need, Place
    from midflight.sql.grammar.nodes import Tree
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class PresumedType:
    """A column that a statement gives another type and whose type before nothing tells."""

    table: str
    column: str
    type: str


@dataclass(frozen=True, slots=True)
class Presumption:
    """The schema that files presuppose."""

    statements: tuple[str, ...] = ()
    """What makes it, in its order."""
    roles: tuple[str, ...] = ()
    described: tuple[tuple[str, ...], ...] = ()
    """For each file, what it is the first to presuppose, each thing in a few words."""
    resting: frozenset[Place] = frozenset()
    """The statements that rest on it."""
    types: Mapping[Place, tuple[PresumedType, ...]] = field(default_factory=dict)


NOTHING = Presumption()


def presume(files: Sequence[Sequence[str]], needs: Sequence[Need] = ()) -> Presumption:
    """Work out what must have been there before files are run one after the other; pure.

    Args:
        files: the statements of each.
        needs: what a server missed, beside what the statements tell.
    """
    trees = [[_tree(text) for text in file] for file in files]
    world = World(mentioned=tuple(_mentioned(trees)), definitions=_definitions(trees))
    reader = Statements(world)
    for number, file in enumerate(trees):
        for index, tree in enumerate(file):
            world.file, world.statement = number, index
            here = [need for need in needs if need.place == (number, index)]
            for need in here:
                if need.kind not in AFTER_ITS_STATEMENT:
                    answer(world, need)
            if tree is not None:
                reader.read(tree)
            world.end_statement()
            for need in here:
                if need.kind in AFTER_ITS_STATEMENT:
                    answer(world, need)
    return _presumption(world, len(files))


def _tree(text: str) -> Tree | None:
    try:
        statements = parse_tree(text).stmts
    except (PgQueryError, UnicodeEncodeError, ValueError):
        return None
    return statements[0].stmt if len(statements) == 1 else None


def _mentioned(trees: list[list[Tree | None]]) -> Iterator[Name]:
    for tree in (tree for file in trees for tree in file if tree is not None and not _is_of_index(tree)):
        yield from (relation_name(one) for one in find_nodes(tree, pb.RangeVar))


def _is_of_index(tree: Tree) -> bool:
    """Whether what it calls a relation is an index."""
    return pb.OBJECT_INDEX in {tree.alter_table_stmt.objtype, tree.rename_stmt.rename_type} or (
        tree.HasField("reindex_stmt") and tree.reindex_stmt.kind == pb.REINDEX_OBJECT_INDEX
    )


def _definitions(trees: list[list[Tree | None]]) -> dict[tuple[str, str], tuple[Tree, str]]:
    """The constraints that ALTER TABLE adds: one that is dropped before and made anew was mostly alike."""
    found = {}
    for file in trees:
        for alter in (each for tree in file if tree is not None for each in find_nodes(tree, pb.AlterTableStmt)):
            for node in alter.cmds:
                constraint = getattr(node.alter_table_cmd, "def").constraint
                if constraint.conname:
                    found[alter.relation.relname, constraint.conname] = (constraint, _constraint_sql(alter, node))
    return found


def _constraint_sql(alter: Tree, command: Tree) -> str:
    alone = pb.AlterTableStmt(relation=alter.relation, objtype=alter.objtype, cmds=[command])
    text = str(deparse(pb.ParseResult(stmts=[pb.RawStmt(stmt=pb.Node(alter_table_stmt=alone))])))
    return text.partition(" ADD ")[2].removesuffix(" NOT VALID")


def _presumption(world: World, files: int) -> Presumption:
    roles = tuple(thing.name for thing in world.things.values() if thing.kind == "role")
    types: dict[Place, tuple[PresumedType, ...]] = {}
    for guess in world.guesses:
        if guess.of.is_guessed:
            place = (guess.file, guess.statement)
            types[place] = (*types.get(place, ()), PresumedType(guess.table, guess.column, guess.of.type))
    return Presumption(
        statements=tuple(laying(world)),
        roles=roles,
        described=tuple(tuple(_described(world, file)) for file in range(files)),
        resting=frozenset(world.touched - world.contradicted),
        types=types,
    )


def _described(world: World, file: int) -> Iterator[str]:
    for relation in world.presumed:
        if relation.file == file:
            told = [(column.name, column.type) for column in relation.before]
            columns = ", ".join(f"{name} {type_}" for name, type_ in (*told, *own_key(relation)))
            yield f"{relation.kind} {relation.name}" + (f" ({columns})" if columns else "")
    yield from (f"type {type_.name}" for type_ in world.presumed_types if type_.file == file)
    yield from (f"{thing.kind} {thing.name}" for thing in world.things.values() if thing.file == file)
