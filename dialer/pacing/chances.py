"""The chance that those who answer outnumber the agents there for them. Pure arithmetic on independent chances.

Exact (Poisson-binomial) for few; for many the normal law corrected for skewness.
"""

from math import erf, exp, pi, sqrt

EXACT_TERMS = 110
_NEGLIGIBLE = 1e-7
# An event that is more likely than this cannot be taken out of an exact sum: errors would grow. It stays in.
_SAFE_TO_TAKE_OUT = 0.5


class Balance:
    """Lines that may be answered against agents who may come free. `spare`: agents ready less people waiting.

    `terms` is how many lines and busy agents there will be at most; above `EXACT_TERMS` moments take the place of the
    exact sums.
    """

    __slots__ = ("_answers", "_cube", "_frees", "_is_exact", "_mean", "_spare", "_variance")

    def __init__(self, spare: int, terms: int) -> None:
        self._spare = spare
        self._is_exact = terms <= EXACT_TERMS
        self._answers = [1.0]
        self._frees = [1.0]
        self._mean = self._variance = self._cube = 0.0

    def add_line(self, chance: float, times: int = 1) -> None:
        """A line that is answered in time with this chance."""
        if self._is_exact:
            for _ in range(times):
                _add(self._answers, chance)
        else:
            self._add_moments(chance, times, 1.0)

    def add_agent(self, chance: float, times: int = 1) -> None:
        """A busy agent who comes free in time with this chance."""
        if self._is_exact:
            for _ in range(times):
                _add(self._frees, chance)
        else:
            self._add_moments(chance, times, -1.0)

    def risk(self) -> float:
        """The chance that one more answer finds nobody: as many answers as agents, or more."""
        return self._exact(self._answers) if self._is_exact else self._approximate()

    def remove_line(self, chance: float, times: int = 1) -> None:
        """Lines less of those that were added, of this chance."""
        if not self._is_exact:
            self._add_moments(chance, -times, 1.0)
        elif chance < _SAFE_TO_TAKE_OUT:
            for _ in range(times):
                self._answers = _without(self._answers, chance)

    def risk_without(self, chance: float) -> float:
        """The risk with one line less, which stays."""
        before = self._answers, self._mean, self._variance, self._cube
        self.remove_line(chance)
        risk = self.risk()
        self._answers, self._mean, self._variance, self._cube = before
        return risk

    def _exact(self, answers: list[float]) -> float:
        most = len(answers) - 1
        # at_least[k] = P(k answers or more)
        at_least = answers[:]
        for k in range(most - 1, -1, -1):
            at_least[k] += at_least[k + 1]
        risk = 0.0
        need = self._spare
        for chance in self._frees:
            if need <= 0:
                risk += chance
            elif need > most:
                break
            else:
                risk += chance * at_least[need]
            need += 1
        return min(1.0, risk)

    def _add_moments(self, chance: float, times: int, sign: float) -> None:
        variance = chance * (1.0 - chance)
        self._mean += sign * times * chance
        self._variance += times * variance
        self._cube += sign * times * variance * (1.0 - 2.0 * chance)

    def _approximate(self) -> float:
        distance = self._spare - 0.5 - self._mean
        if self._variance <= 1e-12:
            return 1.0 if distance <= 0 else 0.0
        deviation = sqrt(self._variance)
        x = distance / deviation
        skewness = self._cube / (self._variance * deviation)
        density = exp(-0.5 * x * x) / sqrt(2.0 * pi)
        below = 0.5 * (1.0 + erf(x / sqrt(2.0))) + skewness * (1.0 - x * x) * density / 6.0
        return min(1.0, max(0.0, 1.0 - below))


def _add(chances: list[float], chance: float) -> None:
    """One more independent event. Numbers too unlikely to matter are counted with the one before."""
    other = 1.0 - chance
    carried = 0.0
    for k, value in enumerate(chances):
        chances[k] = value * other + carried
        carried = value * chance
    if carried > _NEGLIGIBLE:
        chances.append(carried)
    else:
        chances[-1] += carried


def _without(chances: list[float], chance: float) -> list[float]:
    """One independent event less: undoes `_add`."""
    fewer = []
    carried = 0.0
    for value in chances:
        carried = max(0.0, (value - carried * chance) / (1.0 - chance))
        fewer.append(carried)
    return fewer
