"""HTML elements: the one place where text becomes HTML, so that nothing can forget to escape it."""

from __future__ import annotations

from html import escape

from midflight.report.visible import visible

VOID = frozenset({"br", "input", "link", "meta"})
"""Elements without content or an end tag: https://html.spec.whatwg.org/multipage/syntax.html#void-elements"""


class Html(str):
    """Text that is HTML already: made by ``element`` and ``joined``, or a file of this package."""

    __slots__ = ()


Content = Html | str | None
Value = str | int | bool | None


def element(name: str, /, *content: Content, **attributes: Value) -> Html:
    """Write an element.

    Args:
        name: its tag, a literal.
        content: what is in it; text is escaped and its control characters are written out, ``Html`` stays as it is, and
            None is left out.
        attributes: as keywords: ``class_`` is ``class``, ``aria_label`` is ``aria-label``; True stands alone, and None
            and False are left out.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(start if name in VOID else f"{start}{joined(*content)}</{name}>")


def joined(*content: Content) -> Html:
    """Write several contents one after another."""
    return Html("".join(_written(piece) for piece in content if piece is not None))


def _written(content: Html | str) -> str:
    return content if isinstance(content, Html) else escape(visible(content))


def _attribute(keyword: str, value: Value) -> str:
    name = keyword.removesuffix("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(visible(str(value)))}"'
