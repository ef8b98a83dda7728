"""Reads whole statements: what each needs, and what it makes, moves and drops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import find_nodes
from postgast import pg_query_pb2 as pb

from midflight.pg.identifiers import quote_identifier
from midflight.presupposed import known
from midflight.presupposed.columns import Column
from midflight.presupposed.drops import Drops
from midflight.presupposed.queries import Queries
from midflight.presupposed.relations import Part
from midflight.presupposed.scopes import Scope, Source
from midflight.presupposed.tables import Tables
from midflight.presupposed.types import Types
from midflight.sql.grammar.nodes import dotted_name, opened, relation_name, strings
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree


class Statements:
    """Reads statements within a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queries = Queries(world)
        tables, types = Tables(world, self._queries), Types(world, self._queries)
        drops = Drops(world)
        self._tables = tables
        self._readers: dict[str, Callable[[Tree], object]] = {
            "alter_default_privileges_stmt": self._roles,
            "alter_domain_stmt": types.alter_domain,
            "alter_enum_stmt": types.alter_enum,
            "alter_extension_stmt": lambda s: world.need_extension(s.extname),
            "alter_function_stmt": lambda s: drops.function(s.func),
            "alter_object_schema_stmt": drops.set_schema,
            "alter_owner_stmt": self._owner,
            "alter_policy_stmt": self._policy,
            "alter_publication_stmt": self._publication,
            "alter_role_stmt": lambda s: world.need_role_of(s.role),
            "alter_seq_stmt": self._sequence,
            "alter_table_stmt": tables.alter,
            "cluster_stmt": self._cluster,
            "comment_stmt": self._comment,
            "composite_type_stmt": lambda s: world.make_type(relation_name(s.typevar)),
            "copy_stmt": self._copy,
            "create_domain_stmt": types.create_domain,
            "create_enum_stmt": lambda s: world.make_type(dotted_name(s.type_name)),
            "create_extension_stmt": lambda s: self._make("extension", s.extname),
            "create_function_stmt": types.create_function,
            "create_policy_stmt": self._policy,
            "create_publication_stmt": self._relations_in,
            "create_range_stmt": lambda s: world.make_type(dotted_name(s.type_name)),
            "create_role_stmt": lambda s: self._make("role", s.role),
            "create_schema_stmt": self._create_schema,
            "create_seq_stmt": self._create_sequence,
            "create_stats_stmt": self._statistics,
            "create_stmt": tables.create,
            "create_table_as_stmt": self._create_as,
            "create_trig_stmt": self._trigger,
            "do_stmt": lambda _: world.touch(),
            "call_stmt": lambda _: world.touch(),
            "drop_role_stmt": self._drop_roles,
            "drop_stmt": drops.read,
            "explain_stmt": lambda s: self._queries.read(s.query),
            "grant_role_stmt": self._roles,
            "grant_stmt": self._grant,
            "index_stmt": tables.index,
            "refresh_mat_view_stmt": self._refresh,
            "reindex_stmt": self._reindex,
            "rename_stmt": drops.rename,
            "rule_stmt": self._rule,
            "select_stmt": self._select,
            "vacuum_stmt": self._relations_in,
            "variable_set_stmt": self._set,
            "view_stmt": self._view,
        }

    def read(self, node: Tree) -> None:
        """Read one statement."""
        kind, inner = opened(node)
        reader = self._readers.get(kind)
        if reader:
            reader(inner)
        elif kind in {"insert_stmt", "update_stmt", "delete_stmt", "merge_stmt"}:
            self._queries.read(node)
        elif inner is not None:
            self._relations_in(inner)

    def _make(self, kind: str, name: str) -> None:
        self._world.made.add((kind, name))

    def _relations_in(self, statement: Tree) -> None:
        """All that is to be known of a statement of no special kind: the relations that it names."""
        for relation in find_nodes(statement, pb.RangeVar):
            found = self._world.relation(relation_name(relation))
            if found and found.presumed:
                for vacuum in find_nodes(statement, pb.VacuumRelation):
                    for column in strings(vacuum.va_cols):
                        found.column(column)

    def _roles(self, statement: Tree) -> None:
        for role in find_nodes(statement, pb.RoleSpec):
            self._world.need_role_of(role)
        if isinstance(statement, pb.GrantRoleStmt):
            for privilege in find_nodes(statement, pb.AccessPriv):
                self._world.need_role(privilege.priv_name)
        if isinstance(statement, pb.AlterDefaultPrivilegesStmt):
            for option in statement.options:
                if option.def_elem.defname == "schemas":
                    for name in strings(option.def_elem.arg.list.items):
                        self._world.need_schema(name)

    def _drop_roles(self, statement: Tree) -> None:
        for node in statement.roles:
            self._world.need_role_of(node.role_spec)

    def _grant(self, grant: Tree) -> None:
        self._roles(grant)
        for node in grant.objects:
            kind, inner = opened(node)
            if kind == "range_var" and grant.objtype == pb.OBJECT_SEQUENCE:
                self._world.need_sequence(relation_name(inner))
            elif kind == "range_var":
                relation = self._world.relation(relation_name(inner))
                for privilege in grant.privileges:
                    for column in strings(privilege.access_priv.cols):
                        if relation:
                            relation.column(column)
            elif kind == "object_with_args":
                Drops(self._world).function(inner)
            elif kind == "string" and (
                grant.objtype == pb.OBJECT_SCHEMA or grant.targtype == pb.ACL_TARGET_ALL_IN_SCHEMA
            ):
                self._world.need_schema(inner.sval)
            elif kind == "list" and grant.objtype in {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN}:
                self._world.type(dotted_name(inner.items))
            else:
                self._world.touch()

    def _owner(self, statement: Tree) -> None:
        self._world.need_role_of(statement.newowner)
        Drops(self._world).thing(statement.object_type, statement.object)

    def _comment(self, comment: Tree) -> None:
        object_ = comment.object
        if comment.objtype == pb.OBJECT_COLUMN:
            *table, column = strings(object_.list.items)
            relation = self._world.relation(Name(table[-2] if len(table) > 1 else None, table[-1]))
            if relation:
                relation.column(column)
        elif comment.objtype in {pb.OBJECT_TABCONSTRAINT, pb.OBJECT_TRIGGER, pb.OBJECT_POLICY}:
            Drops(self._world).part(comment.objtype, object_)
        else:
            Drops(self._world).thing(comment.objtype, object_)

    def _create_schema(self, create: Tree) -> None:
        self._make("schema", create.schemaname or create.authrole.rolename)
        self._world.need_role_of(create.authrole)
        for node in create.schema_elts:
            self.read(node)

    def _create_sequence(self, create: Tree) -> None:
        self._world.make_relation(relation_name(create.sequence), if_not_exists=create.if_not_exists)
        self._owned_by(create)

    def _sequence(self, alter: Tree) -> None:
        self._world.need_sequence(relation_name(alter.sequence))
        self._owned_by(alter)

    def _owned_by(self, statement: Tree) -> None:
        for option in statement.options:
            names = strings(option.def_elem.arg.list.items) if option.def_elem.defname == "owned_by" else ()
            if len(names) > 1:
                relation = self._world.relation(Name(names[-3] if len(names) > 2 else None, names[-2]))  # noqa: PLR2004 -- schema, table, column
                if relation:
                    relation.column(names[-1])

    def _cluster(self, cluster: Tree) -> None:
        relation = self._world.relation(relation_name(cluster.relation)) if cluster.HasField("relation") else None
        if relation and cluster.indexname:
            self._tables.constraints.need_index(cluster.indexname, relation, unique=False)

    def _reindex(self, reindex: Tree) -> None:
        if reindex.kind == pb.REINDEX_OBJECT_INDEX:
            self._world.need_index(relation_name(reindex.relation))
        elif reindex.HasField("relation"):
            self._world.relation(relation_name(reindex.relation))

    def _copy(self, copy: Tree) -> None:
        if copy.HasField("query"):
            self._queries.read(copy.query)
            return
        relation = self._world.relation(relation_name(copy.relation))
        for name in strings(copy.attlist):
            if relation:
                relation.column(name)

    def _select(self, select: Tree) -> None:
        self._queries.select(select)
        into = select.into_clause.rel
        if into.relname:
            self._world.make_relation(relation_name(into))

    def _create_as(self, create: Tree) -> None:
        columns = self._queries.read(create.query)
        self._made(create.into.rel, create.into.col_names, columns, if_not_exists=create.if_not_exists)

    def _view(self, view: Tree) -> None:
        columns = self._queries.read(view.query)
        if view.replace:
            self._world.gone.add(("relation", *self._world.keys_of(relation_name(view.view))[0]))
        self._made(view.view, view.aliases, columns, if_not_exists=False)

    def _made(
        self, name: Tree, aliases: Tree, columns: list[tuple[str, Column | str | None]] | None, *, if_not_exists: bool
    ) -> None:
        relation = self._world.make_relation(relation_name(name), if_not_exists=if_not_exists)
        if relation is None or columns is None:
            return
        names = list(strings(aliases)) + [known_name for known_name, _ in columns][len(aliases) :]
        for own, (_, operand) in zip(names, columns, strict=False):
            relation.make_column(Column(own, made=operand if isinstance(operand, str) else known.ANY))

    def _refresh(self, refresh: Tree) -> None:
        relation = self._world.relation(relation_name(refresh.relation))
        if relation is not None and relation.presumed:
            relation.kind = "materialized view"
            if refresh.concurrent:
                self._tables.constraints.need_index(f"{relation.name.name}_id_key", relation)

    def _trigger(self, create: Tree) -> None:
        relation = self._world.relation(relation_name(create.relation))
        for name in strings(create.columns):
            if relation:
                relation.column(name)
        if create.HasField("when_clause"):
            scope = Scope(None, [Source("new", relation), Source("old", relation)])
            self._queries.expressions.condition(create.when_clause, scope)
        function = dotted_name(create.funcname)
        if function.name not in known.TRIGGER_FUNCTIONS:
            self._world.need_function(function, trigger=True)
        if create.constrrel.relname:
            self._world.relation(relation_name(create.constrrel))
        self._make("trigger", f"{create.relation.relname}.{create.trigname}")

    def _policy(self, policy: Tree) -> None:
        relation = self._world.relation(relation_name(policy.table))
        for node in policy.roles:
            self._world.need_role_of(node.role_spec)
        if isinstance(policy, pb.CreatePolicyStmt):
            self._make("policy", f"{policy.table.relname}.{policy.policy_name}")
        else:
            self._need_policy(relation, policy.policy_name)
        for field in ("qual", "with_check"):
            if policy.HasField(field):
                scope = self._tables.constraints.scope(relation, policy.table.relname)
                self._queries.expressions.condition(getattr(policy, field), scope)

    def _need_policy(self, relation: Relation | None, name: str) -> None:
        if relation and relation.presumed:
            relation.add_part(Part(name, f"CREATE POLICY {quote_identifier(name)} ON {relation.name.sql} USING (true)"))

    def _publication(self, alter: Tree) -> None:
        name = alter.pubname
        self._world.need("publication", name, f"CREATE PUBLICATION {quote_identifier(name)}")
        self._relations_in(alter)

    def _rule(self, rule: Tree) -> None:
        self._relations_in(rule)

    def _statistics(self, statistics: Tree) -> None:
        for node in statistics.relations:
            relation = self._world.relation(relation_name(node.range_var))
            scope = self._tables.constraints.scope(relation, node.range_var.relname)
            for expression in statistics.exprs:
                if expression.stats_elem.name and relation:
                    relation.column(expression.stats_elem.name)
                elif expression.stats_elem.HasField("expr"):
                    self._queries.expressions.read(expression.stats_elem.expr, scope)

    def _set(self, setting: Tree) -> None:
        values = [node.a_const.sval.sval for node in setting.args]
        if setting.name == "search_path":
            self._world.path = [value for value in values if value and value != "$user"] or ["public"]
            for schema in self._world.path:
                self._world.need_schema(schema)
        elif setting.name in {"role", "session_authorization"} and values:
            self._world.need_role(values[0])
