"""C code for the equations of one model, or of a part of it: rates, Jacobian and its factors, in straight lines.

Terms of constants alone are computed once a stretch (`prepare`); common subexpressions are one node of the graph of
terms, and so one variable. The matrix ``c - J`` is factorised in an order and a pattern that are worked out here,
without pivots: its diagonal is made large by ``c``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files

from osteon.sbml.expressions import TIME, Expressions
from osteon.sbml.mechanism import Mechanism

_C = {"abs": "ABS", "sign": "SIGN", "exp": "EXP", "log": "LOG", "floor": "FLOOR", "ceil": "CEIL"}
_C |= {"sin": "SIN", "cos": "COS", "tanh": "TANH"}
_CONDITIONS = {"lt": "<", "le": "<=", "eq": "==", "and": "&", "or": "|"}


def source(model: Mechanism, states: Sequence[str], constants: Sequence[str], observables: Sequence[int]) -> str:
    """Return a unit of C.

    Args:
        model: the equations.
        states: what is integrated, in this order.
        constants: the symbols that stand still in a stretch (`used`), in this order.
        observables: nodes to be read.
    """
    return "\n".join([_text("lanes.h"), _Unit(model, states, constants, observables).text(), _text("kernel.c")])


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def used(model: Mechanism, states: Sequence[str], observables: Sequence[int]) -> list[str]:
    """Return the symbols that rates and observables are computed from, but for the states and time."""
    nodes = model.terms.order([*(model.rates[name] for name in states), *observables])
    symbols = {parts[1] for node in nodes for parts in [model.terms.nodes[node]] if parts[0] == "symbol"}
    return sorted(symbols - {*states, TIME})


class _Unit:
    def __init__(
        self, model: Mechanism, states: Sequence[str], constants: Sequence[str], observables: Sequence[int]
    ) -> None:
        self._terms: Expressions = model.terms
        self._states, self._constants, self._observables = list(states), list(constants), list(observables)
        self._rates = [model.rates[name] for name in states]
        gradients = self._terms.gradients(self._rates, frozenset(states) | {TIME})
        place = {name: number for number, name in enumerate(states)}
        self._jacobian = {
            (row, place[name]): node
            for row, each in enumerate(gradients)
            for name, node in sorted(each.items())
            if name != TIME
        }
        self._drift = {row: each[TIME] for row, each in enumerate(gradients) if TIME in each}
        self._moving = self._varying()
        self._hoisted: dict[int, int] = {}

    def _varying(self) -> frozenset[int]:
        """Return every node that changes within a stretch."""
        # A condition is no number that could be kept with others, so that every choice counts as varying.
        moving: set[int] = set()
        names = {*self._states, TIME}
        wanted = [*self._rates, *self._observables, *self._jacobian.values(), *self._drift.values()]
        for node in self._terms.order(wanted):
            kind, *parts = self._terms.nodes[node]
            is_moving = parts[0] in names if kind == "symbol" else kind in (*_CONDITIONS, "not")
            if is_moving or moving.intersection(self._terms.operands(node)):
                moving.add(node)
        return frozenset(moving)

    def text(self) -> str:
        """Return the code, and the numbers that the kernel needs."""
        lu = _Factors(len(self._states), self._jacobian)
        entries = sorted(self._jacobian)
        rates = [(f"f[{row}]", node) for row, node in enumerate(self._rates)]
        slopes = [(f"a[{lu.at[row, column]}]", self._jacobian[row, column]) for row, column in entries]
        drift = [(f"f[{row}]", node) for row, node in self._drift.items()]
        seen = [(f"o[{number}]", node) for number, node in enumerate(self._observables)]
        at_y = "const V t, const V *restrict y, const V *restrict q"
        functions = [
            _function("rates", f"{at_y}, V *restrict f", self._lines(rates)),
            _function(
                "slopes", f"{at_y}, V *restrict f, V *restrict a", [_cleared("a", "NLU"), *self._lines(rates + slopes)]
            ),
            _function("drift", f"{at_y}, V *restrict f", [_cleared("f", "DIM"), *self._lines(drift)]),
            _function("observe", f"{at_y}, V *restrict o", self._lines(seen)),
        ]
        prepare = _function("prepare", "const V *restrict p, V *restrict q", self._prepared())
        solving = [
            _function("factorise", "V *restrict a", lu.factorising()),
            _function("solve", "const V *restrict a, const V *restrict b, V *restrict x", lu.solving()),
        ]
        numbers = {
            "DIM": len(self._states),
            "NP": len(self._constants),
            "NQ": max(1, len(self._hoisted)),
            "NO": max(1, len(self._observables)),
            "NLU": max(1, len(lu.at)),
            "NJ": len(entries),
            "TIMED": int(bool(self._drift)),
        }
        tables = {
            "DIAGONAL": [lu.at[row, row] for row in range(len(self._states))],
            "JROW": [row for row, _ in entries],
            "JCOL": [column for _, column in entries],
            "JAT": [lu.at[entry] for entry in entries],
        }
        head = [f"#define {name} {value}" for name, value in numbers.items()]
        head += [f"static const int {name}[] = {{{', '.join(map(str, one)) or 0}}};" for name, one in tables.items()]
        return "\n".join([*head, prepare, *functions, *solving])

    def _lines(self, outputs: Sequence[tuple[str, int]]) -> list[str]:
        """Return statements for some nodes, in terms of the states, time and hoisted terms."""
        place = {name: f"y[{number}]" for number, name in enumerate(self._states)} | {TIME: "t"}
        done: dict[int, str] = {}
        lines: list[str] = []
        for node in self._terms.order([node for _, node in outputs]):
            if node in self._moving:
                self._state(node, done, lines, place, self._outer)
        return [*lines, *(f"{left} = {done.get(node) or self._outer(node)};" for left, node in outputs)]

    def _state(
        self,
        node: int,
        done: dict[int, str],
        lines: list[str],
        place: Mapping[str, str],
        outer: Callable[[int], str],
    ) -> None:
        """Add the statement that computes a node."""
        kind, *parts = self._terms.nodes[node]
        if kind == "symbol":
            done[node] = place[parts[0]]
            return
        still = [part for part in parts if part not in done]
        if kind in ("add", "mul") and len(still) > 1:  # what is constant in it becomes one hoisted term
            joined = self._terms.add(*still) if kind == "add" else self._terms.mul(*still)
            parts = [*(part for part in parts if part in done), joined]
        operands = [done.get(part) or outer(part) for part in parts]
        done[node] = f"n{node}"
        kind_of = "I" if kind in (*_CONDITIONS, "not") else "V"
        lines.append(f"const {kind_of} n{node} = {_expression(kind, operands)};")

    def _outer(self, node: int) -> str:
        """Return how varying code names a node that does not vary: a number, or a hoisted term."""
        value = self._terms.value(node)
        if value is not None:
            return f"ALL({value!r})" if value >= 0 else f"ALL(({value!r}))"
        return f"q[{self._hoisted.setdefault(node, len(self._hoisted))}]"

    def _prepared(self) -> list[str]:
        place = {name: f"p[{number}]" for number, name in enumerate(self._constants)}
        done: dict[int, str] = {}
        lines: list[str] = []
        for node in self._terms.order(list(self._hoisted)):
            if self._terms.value(node) is None:
                self._state(node, done, lines, place, lambda one: f"ALL(({self._terms.value(one)!r}))")
        return [*lines, *(f"q[{number}] = {done[node]};" for node, number in self._hoisted.items())]


def _expression(kind: str, operands: Sequence[str]) -> str:
    if kind in ("add", "mul"):
        return (" + " if kind == "add" else " * ").join(operands)
    if kind == "inv":
        return f"1.0 / {operands[0]}"
    if kind == "safe_inv":
        return f"1.0 / SAFE({operands[0]})"
    if kind == "pow":
        return f"POW({operands[0]}, {operands[1]})"
    if kind == "choose":
        return f"SEL({', '.join(operands)})"
    if kind == "not":
        return f"~{operands[0]}"
    if kind in _CONDITIONS:
        return f"{operands[0]} {_CONDITIONS[kind]} {operands[1]}"
    return f"{_C[kind]}({operands[0]})"


def _function(name: str, arguments: str, lines: Iterable[str]) -> str:
    return "\n".join([f"static void {name}({arguments}) {{", *(f"  {line}" for line in lines), "}"])


def _cleared(name: str, size: str) -> str:
    return f"memset({name}, 0, sizeof(V) * {size});"


class _Factors:
    """Where the entries of the factors of a sparse matrix lie, and the statements that compute them.

    Rows are eliminated in the order of least fill by Markowitz's count, (row - 1) (column - 1), on the diagonal.
    """

    def __init__(self, size: int, entries: Iterable[tuple[int, int]]) -> None:
        pattern = {*entries, *((place, place) for place in range(size))}
        rows: list[set[int]] = [set() for _ in range(size)]
        columns: list[set[int]] = [set() for _ in range(size)]
        for row, column in pattern:
            rows[row].add(column)
            columns[column].add(row)
        self.order: list[int] = []
        left = set(range(size))
        while left:
            pivot = min(left, key=lambda one: ((len(rows[one]) - 1) * (len(columns[one]) - 1), one))
            left.discard(pivot)
            self.order.append(pivot)
            below, beside = columns[pivot] - {pivot}, rows[pivot] - {pivot}
            pattern |= {(row, column) for row in below for column in beside}
            for row in below:
                rows[row] = (rows[row] | beside) - {pivot}
            for column in beside:
                columns[column] = (columns[column] | below) - {pivot}
        rank = {one: number for number, one in enumerate(self.order)}
        self._rank = rank
        # In the order of elimination, so that what is used together lies together.
        ordered = sorted(
            pattern, key=lambda entry: (min(rank[entry[0]], rank[entry[1]]), rank[entry[0]], rank[entry[1]])
        )
        self.at = {entry: number for number, entry in enumerate(ordered)}
        self._rows: dict[int, list[int]] = {one: [] for one in range(size)}
        self._columns: dict[int, list[int]] = {one: [] for one in range(size)}
        for row, column in ordered:
            self._rows[row].append(column)
            self._columns[column].append(row)

    def factorising(self) -> list[str]:
        """Return the statements that turn a matrix into its factors, with the reciprocals of the pivots."""
        lines, at = [], self.at
        for pivot in self.order:
            lines.append(f"a[{at[pivot, pivot]}] = 1.0 / a[{at[pivot, pivot]}];")
            later = [column for column in self._rows[pivot] if self._rank[column] > self._rank[pivot]]
            for row in self._columns[pivot]:
                if self._rank[row] > self._rank[pivot]:
                    lines.append(f"a[{at[row, pivot]}] *= a[{at[pivot, pivot]}];")
                    lines += [f"a[{at[row, c]}] -= a[{at[row, pivot]}] * a[{at[pivot, c]}];" for c in later]
        return lines

    def solving(self) -> list[str]:
        """Return the statements that solve for one right side."""
        lines, at = [], self.at
        for row in self.order:
            before = [column for column in self._rows[row] if self._rank[column] < self._rank[row]]
            lines.append(f"V z{row} = b[{row}]" + "".join(f" - a[{at[row, c]}] * z{c}" for c in before) + ";")
        for row in reversed(self.order):
            after = [column for column in self._rows[row] if self._rank[column] > self._rank[row]]
            whole = f"z{row}" + "".join(f" - a[{at[row, c]}] * z{c}" for c in after)
            lines.append(f"z{row} = ({whole}) * a[{at[row, row]}];")
        return [*lines, *(f"x[{row}] = z{row};" for row in self.order)]
