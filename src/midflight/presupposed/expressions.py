"""Reads expressions: which columns they name, and what they tell of the columns' types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.presupposed import known
from midflight.presupposed.columns import Column, Weight
from midflight.sql.grammar.nodes import dotted_name, opened, strings
from midflight.sql.grammar.types import type_text
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from midflight.presupposed.scopes import Scope
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree

    Operand = Column | str | None
    """A column; else the type that an expression has, where that can be told."""
    ReadQuery = Callable[[Tree, Scope], list[tuple[str, Operand]] | None]

_LARGEST_INTEGER = 2**31 - 1


class Expressions:
    """Reads expressions within a world; sub-selects are read by a function that is given."""

    def __init__(self, world: World, read_query: ReadQuery) -> None:
        self._world = world
        self._read_query = read_query

    def read(self, node: Tree, scope: Scope) -> Operand:
        """Read an expression; return what it is."""
        kind, inner = opened(node)
        reader = getattr(self, f"_{kind}", None) if kind else None
        if reader:
            operand: Operand = reader(inner, scope)
            return operand
        if inner is not None:
            self._inside(inner, scope)
        return None

    def read_all(self, nodes: Iterable[Tree], scope: Scope) -> list[Operand]:
        """Read several expressions."""
        return [self.read(node, scope) for node in nodes]

    def condition(self, node: Tree, scope: Scope) -> None:
        """Read an expression that must be true or false."""
        self.want(self.read(node, scope), "boolean", Weight.TOLD)

    def want(self, operand: Operand, type_: str | None, weight: Weight) -> None:
        """Take note of the type that is expected of an operand."""
        if isinstance(operand, Column):
            operand.hint(type_, weight)

    def relate(self, left: Operand, right: Operand, weight: Weight = Weight.VALUE) -> None:
        """Take note that two operands are compared, or that one is assigned to the other."""
        if isinstance(left, Column) and isinstance(right, Column):
            left.join(right)
        elif isinstance(left, Column) and isinstance(right, str):
            left.hint(right, weight)
        elif isinstance(right, Column) and isinstance(left, str):
            right.hint(left, weight)

    def type(self, type_name: Tree) -> str | None:
        """Read the name of a type; return it as it was called before the first statement, None where it was not."""
        text = type_text(type_name)
        if known.is_known_type(text):
            return known.SERIALS.get(text, text)
        name = dotted_name(type_name.names)
        if name.name in known.TYPE_EXTENSIONS and self._world.type_is_unknown(name):
            self._world.need_extension(known.TYPE_EXTENSIONS[name.name])
            return text
        found = self._world.type(name)
        return f"{found.name}{'[]' * text.endswith('[]')}" if found and found.presumed else None

    def _inside(self, message: Tree, scope: Scope) -> None:
        """Read whatever an expression of no special kind consists of."""
        if isinstance(message, pb.Node):
            self.read(message, scope)
            return
        if isinstance(message, pb.TypeName):
            self.type(message)
            return
        for field, value in message.ListFields():
            if field.message_type is not None:
                for part in value if field.is_repeated else (value,):
                    self._inside(part, scope)

    def _column_ref(self, reference: Tree, scope: Scope) -> Operand:
        if any(not field.HasField("string") for field in reference.fields):
            return None
        *aliases, name = strings(reference.fields)
        column = scope.find(aliases[-1] if aliases else None, name)
        if isinstance(column, Column) and column.made is None:
            self._world.name_column(column)
        return column

    def _a_const(self, constant: Tree, _: Scope) -> Operand:
        match constant.WhichOneof("val"):
            case "ival":
                return "integer"
            case "fval":
                text = constant.fval.fval
                return "bigint" if text.isdigit() and int(text) > _LARGEST_INTEGER else "numeric"
            case "boolval":
                return "boolean"
            case "sval":  # a label that was added to an enum is meant as such
                return self._world.added_labels.get(constant.sval.sval)
            case _:
                return None

    def _type_cast(self, cast: Tree, scope: Scope) -> Operand:
        text = self.type(cast.type_name)
        self.read(cast.arg, scope)
        literal = cast.arg.a_const.sval.sval
        if literal and text == "regclass":
            self._regclass(literal)
        elif literal and text:
            self.label(text, literal)
        return text

    def label(self, type_: str, literal: str) -> None:
        """Take note of a value of a type that may be an enum."""
        for found in self._world.presumed_types:
            if str(found.name) == type_:
                found.add_label(literal)

    def _regclass(self, text: str) -> None:
        """A text that names a sequence, such as that of ``nextval``."""
        parts = text.replace('"', "").split(".")
        self._world.need_sequence(Name(parts[-2] if len(parts) > 1 else None, parts[-1]))

    def _func_call(self, call: Tree, scope: Scope) -> Operand:
        name = strings(call.funcname)[-1]
        operands = self.read_all(call.args, scope)
        self.read_all(call.agg_order, scope)
        if call.HasField("agg_filter"):
            self.condition(call.agg_filter, scope)
        if call.HasField("over"):
            self._inside(call.over, scope)
        for operand, type_ in zip(operands, known.TAKES.get(name, ()), strict=False):
            self.want(operand, type_, Weight.USE)
        if name in {"nextval", "setval", "currval"} and call.args and call.args[0].a_const.sval.sval:
            self._regclass(call.args[0].a_const.sval.sval)
        if ("function", name) not in self._world.made:
            self._world.need_extension(known.FUNCTION_EXTENSIONS.get(name))
        if name in {"max", "min"} and operands:
            return operands[0]
        return known.RETURNS.get(name)

    def _a_expr(self, expression: Tree, scope: Scope) -> Operand:
        left = self.read(expression.lexpr, scope)
        operator = strings(expression.name)[-1] if expression.name else "="
        right_kind, right_node = opened(expression.rexpr)
        if expression.kind in {pb.AEXPR_IN, pb.AEXPR_BETWEEN, pb.AEXPR_NOT_BETWEEN, pb.AEXPR_BETWEEN_SYM}:
            for item in right_node.items if right_kind == "list" else ():
                self.relate(left, self.read(item, scope))
            return "boolean"
        right = self.read(expression.rexpr, scope)
        if expression.kind in {pb.AEXPR_OP_ANY, pb.AEXPR_OP_ALL}:
            self.relate(left, right.removesuffix("[]") if isinstance(right, str) else None)
            if isinstance(right, Column) and isinstance(left, str):
                right.hint(f"{left}[]", Weight.VALUE)
            elif isinstance(right, Column):
                right.hint("text[]", Weight.USE)
            return "boolean"
        if expression.kind in {pb.AEXPR_LIKE, pb.AEXPR_ILIKE, pb.AEXPR_SIMILAR}:
            self.want(left, "text", Weight.USE)
            return "boolean"
        return self._operator(operator, left, right)

    def _operator(self, operator: str, left: Operand, right: Operand) -> Operand:
        if operator in known.COMPARING:
            self.relate(left, right)
            return "boolean"
        if operator in known.ARITHMETIC:
            return self._arithmetic(left, right)
        if operator == "||":
            other = left if isinstance(left, str) else right if isinstance(right, str) else "text"
            self.want(left, other, Weight.USE)
            self.want(right, other, Weight.USE)
            return other
        if operator in known.OPERATORS:
            before, after, result = known.OPERATORS[operator]
            arrays = {side for side in (left, right) if isinstance(side, str) and side.endswith("[]")}
            typed = next(iter(arrays), None) if operator in {"@>", "<@", "&&"} else None
            self.want(left, typed or before, Weight.USE)
            self.want(right, typed or (before if operator == "<@" else after), Weight.USE)
            return result
        return None

    def _arithmetic(self, left: Operand, right: Operand) -> Operand:
        types = {side for side in (left, right) if isinstance(side, str)}
        if "interval" in types:
            self.want(left, "timestamp with time zone", Weight.USE)
            return "timestamp with time zone"
        other = next((side for side in types if side.startswith("timestamp") or side == "date"), None)
        if other:
            self.want(left, other, Weight.USE)
            self.want(right, other, Weight.USE)
            return None
        type_ = next(iter(types), "numeric")
        for side in (left, right):
            self.want(side, type_, Weight.USE)
        return left if isinstance(left, Column) else right if isinstance(right, Column) else type_

    def _bool_expr(self, expression: Tree, scope: Scope) -> Operand:
        for argument in expression.args:
            self.condition(argument, scope)
        return "boolean"

    def _null_test(self, test: Tree, scope: Scope) -> Operand:
        self.read(test.arg, scope)
        return "boolean"

    def _boolean_test(self, test: Tree, scope: Scope) -> Operand:
        self.condition(test.arg, scope)
        return "boolean"

    def _coalesce_expr(self, expression: Tree, scope: Scope) -> Operand:
        return self._alike(self.read_all(expression.args, scope))

    def _min_max_expr(self, expression: Tree, scope: Scope) -> Operand:
        return self._alike(self.read_all(expression.args, scope))

    def _case_expr(self, expression: Tree, scope: Scope) -> Operand:
        subject = self.read(expression.arg, scope) if expression.HasField("arg") else None
        results = []
        for node in expression.args:
            when = node.case_when
            if expression.HasField("arg"):
                self.relate(subject, self.read(when.expr, scope))
            else:
                self.condition(when.expr, scope)
            results.append(self.read(when.result, scope))
        results.append(self.read(expression.defresult, scope))
        return self._alike(results)

    def _alike(self, operands: list[Operand]) -> Operand:
        first = next((operand for operand in operands if operand is not None), None)
        for operand in operands:
            if operand is not first:
                self.relate(first, operand)
        types = [operand for operand in operands if isinstance(operand, str)]
        return types[0] if types else first

    def _a_array_expr(self, array: Tree, scope: Scope) -> Operand:
        item = self._alike(self.read_all(array.elements, scope))
        return f"{item}[]" if isinstance(item, str) else "text[]" if item is None else None

    def _collate_clause(self, clause: Tree, scope: Scope) -> Operand:
        operand = self.read(clause.arg, scope)
        self.want(operand, "text", Weight.USE)
        return operand

    def _sqlvalue_function(self, function: Tree, _: Scope) -> Operand:
        op = pb.SQLValueFunctionOp.Name(function.op)
        if "DATE" in op:
            return "date"
        return "timestamp with time zone" if "TIMESTAMP" in op else "text"

    def _sub_link(self, link: Tree, scope: Scope) -> Operand:
        columns = self._read_query(link.subselect, scope)
        first = columns[0][1] if columns else None
        if link.HasField("testexpr"):
            tests = link.testexpr.row_expr.args or [link.testexpr]
            for test, (_, column) in zip(tests, columns or (), strict=False):
                self.relate(self.read(test, scope), column)
            return "boolean"
        return first if link.sub_link_type == pb.EXPR_SUBLINK else "boolean"
