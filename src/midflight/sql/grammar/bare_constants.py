"""Reads constants that are cast."""

from __future__ import annotations

from postgast import PgQueryError
from postgast import parse as parse_by_grammar

from midflight.pg.identifiers import quote_literal
from midflight.sql.grammar.nodes import opened


def bare_constant(text: str) -> str:
    """See :func:`midflight.sql.bare_constants.bare_constant`."""
    try:
        tree = parse_by_grammar(f"SELECT {text}")
    except PgQueryError:
        return text
    kind, cast = opened(tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val)
    if kind != "type_cast":
        return text
    kind, constant = opened(cast.arg)
    is_text = kind == "a_const" and constant.WhichOneof("val") == "sval"
    return quote_literal(constant.sval.sval) if is_text else text
