"""From the words of a formula to its tree, by recursive descent."""

from __future__ import annotations

from kcz_metrics.errors import Issue, did_you_mean
from kcz_metrics.language.functions import FUNCTIONS
from kcz_metrics.language.nodes import PRECEDENCE, Binary, Call, Name, Node, Number, Unary, children
from kcz_metrics.language.tokens import Token
from kcz_metrics.locales import T, Text

#: Levels of the tree, a chain of + included; operators and functions as SQL, repeated parts counted each time; periods back.
MOST_LEVELS, MOST_SIZE, MOST_BACK = 60, 4_000, 4


class _SyntaxError(Exception):
    def __init__(self, issue: Issue):
        self.issue = issue


def parse_tokens(found: list[Token]) -> tuple[Node | None, list[Issue]]:
    """The tree, and every problem. Where the grammar is broken, reading stops at the first place; what was found before is kept."""
    parser = _Parser(found)
    try:
        root = parser.whole()
    except _SyntaxError as problem:
        return None, [*parser.issues, problem.issue]
    if parser.issues:
        return None, parser.issues
    issues = list(_too_much(root))
    return (None, issues) if issues else (root, [])


def at_column(column: int, message: Text, **more: Text | None) -> Issue:
    """A problem of a formula at a character, counted from 1."""
    return Issue("formula", T("第 {column} 个字符：{message}", column=column, message=message), **more)  # type: ignore[arg-type]


class _Parser:
    """One pass over the tokens. ``issues`` gathers what is wrong but does not stop the reading."""

    def __init__(self, found: list[Token]):
        self.tokens, self.at, self.levels = found, 0, 0
        self.issues: list[Issue] = []

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def ended(self) -> bool:
        return self.here.kind == "end"

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Node:
        if self.ended():
            raise _SyntaxError(at_column(1, T("公式是空的")))
        root = self.expression(1)
        if not self.ended():
            hint = T("检查括号是否成对") if self.here.text == ")" else T("两项之间应有 + - * /")
            raise _SyntaxError(at_column(self.here.column, T("此处应结束或为运算符"), found=self.shown(), hint=hint))
        return root

    def expression(self, level: int) -> Node:
        """Operands joined by operators that bind at least as tightly as ``level``, from the left."""
        left = self.signed()
        while self.here.kind == "mark" and PRECEDENCE.get(self.here.text, 0) >= level:
            operator = self.take()
            right = self.expression(PRECEDENCE[operator.text] + 1)
            left = Binary(operator.text, left, right, operator.column)  # type: ignore[arg-type]
        return left

    def signed(self) -> Node:
        signs: list[Token] = []
        while self.here.text == "-":
            signs.append(self.take())
        if len(signs) > MOST_LEVELS:
            raise _SyntaxError(at_column(signs[0].column, T("负号过多")))
        node = self.atom()
        for sign in reversed(signs):
            node = Unary(node, sign.column)
        return node

    def atom(self) -> Node:
        token = self.here if self.ended() else self.take()
        if token.kind == "number":
            return Number(float(token.text), token.column)
        if token.kind == "name":
            return self.call(token) if self.here.text == "(" else self.name(token)
        if token.text == "(":
            inner = self.expression(1)
            self.closing(token)
            return inner
        hint = T("正号可以省去") if token.text == "+" else None
        raise _SyntaxError(at_column(token.column, T("此处应为数值、基础量或函数"), found=_shown(token), hint=hint))

    def name(self, token: Token) -> Node:
        if token.text in FUNCTIONS:
            self.issues.append(
                at_column(token.column, T("函数 {name} 后应有括号", name=token.text), expected=T("{name}(…)", name=token.text))
            )
        elif len(token.text) > 64:
            self.issues.append(at_column(token.column, T("名称过长"), expected=T("至多 {n} 个字符", n=64)))
        return Name(token.text, token.column)

    def call(self, token: Token) -> Node:
        bracket = self.take()
        arguments: list[Node] = []
        if self.here.text != ")":
            arguments.append(self.expression(1))
            while self.here.text == ",":
                self.take()
                arguments.append(self.expression(1))
        self.closing(bracket)
        function = FUNCTIONS.get(token.text)
        if function is None:
            self.issues.append(
                at_column(
                    token.column,
                    T("没有函数“{name}”", name=token.text),
                    expected=T("{names}", names=", ".join(FUNCTIONS)),
                    hint=did_you_mean(token.text.lower(), tuple(FUNCTIONS)),
                )
            )
        elif not function.fewest <= len(arguments) <= function.most:
            few, many = function.fewest, function.most
            wanted = T("{n} 个", n=few) if few == many else T("{n} 至 {m} 个", n=few, m=many)
            self.issues.append(
                at_column(
                    token.column, T("函数 {name} 的参数个数不对", name=token.text), expected=wanted, found=T("{n} 个", n=len(arguments))
                )
            )
        return Call(token.text, tuple(arguments), token.column)

    def closing(self, opening: Token) -> None:
        if self.here.text != ")":
            raise _SyntaxError(
                at_column(
                    self.here.column, T("此处应为 ) 或运算符"), found=self.shown(), hint=T("第 {n} 个字符的括号没有合上", n=opening.column)
                )
            )
        self.take()

    def shown(self) -> Text:
        return _shown(self.here)


def _shown(token: Token) -> Text:
    return T("公式末尾") if token.kind == "end" else T("{text}", text=token.text[:40])


def _too_much(root: Node) -> list[Issue]:
    """What would be too deep or too big once compiled. Measured bottom up without recursion: the tree may be a long chain."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(children(node))
    levels: dict[int, int] = {}
    size: dict[int, int] = {}
    back: dict[int, int] = {}
    for node in reversed(order):
        below = children(node)
        function = FUNCTIONS.get(node.function) if isinstance(node, Call) else None
        levels[id(node)] = 1 + max((levels[id(c)] for c in below), default=0)
        size[id(node)] = 1 + (function.uses if function else 1) * sum(size[id(c)] for c in below)
        back[id(node)] = (function is not None and function.shifts) + max((back[id(c)] for c in below), default=0)
    issues = []
    if levels[id(root)] > MOST_LEVELS:
        issues.append(
            at_column(
                1,
                T("公式层次过多"),
                expected=T("至多 {n} 层", n=MOST_LEVELS),
                found=T("{n} 层", n=levels[id(root)]),
                hint=T("拆成几个基础量"),
            )
        )
    if size[id(root)] > MOST_SIZE:
        issues.append(at_column(1, T("公式过于复杂"), hint=T("少套几层 least、greatest、growth、ln 和 sqrt")))
    if back[id(root)] > MOST_BACK:
        issues.append(at_column(1, T("previous 与 growth 套得过多"), expected=T("至多 {n} 层", n=MOST_BACK)))
    return issues
