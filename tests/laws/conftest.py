"""Random factories that are planned once and held against many laws."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.laws.planning import Case, plan
from tests.laws.random_factory import random_factory

CaseOf = Callable[[int], Case]


@pytest.fixture(scope="session")
def case_of(tmp_path_factory: pytest.TempPathFactory) -> CaseOf:
    """The planned factory of a seed, from memory after the first time."""
    cases: dict[int, Case] = {}
    root: Path = tmp_path_factory.mktemp("random")

    def case(seed: int) -> Case:
        if seed not in cases:
            cases[seed] = plan(random_factory(seed), root / str(seed))
        return cases[seed]

    return case
