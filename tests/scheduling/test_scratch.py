"""Memory used again holds what is asked for, whatever was in it, and nobody shares it."""

import numpy as np
import pytest

from pegboard.scheduling.engines.scratch import Scratch, Scratches


def test_a_copy_used_again_holds_what_it_is_made_from_now():
    """First 1 2 | 3, written over, then 1 2 | 4 5 from the same memory."""
    scratch, first = Scratch(), np.array([1, 2])
    one = scratch.after("a", first, np.array([3]))
    assert one.tolist() == [1, 2, 3]
    one[:] = 9
    two = scratch.after("a", first, np.array([4, 5]))
    assert two.tolist() == [1, 2, 4, 5]
    assert first.tolist() == [1, 2]


def test_what_stands_before_is_copied_again_where_it_is_another_array_or_another_length():
    scratch = Scratch()
    first = np.array([1, 2, 3])
    assert scratch.behind("a", first, 2, np.array([7])).tolist() == [1, 2, 7]
    assert scratch.behind("a", first, 3, np.array([8])).tolist() == [1, 2, 3, 8]
    assert scratch.behind("a", np.array([4, 5, 6]), 3, np.array([8])).tolist() == [4, 5, 6, 8]
    assert scratch.behind("a", np.arange(100), 100, np.array([8])).tolist() == [*range(100), 8]


def test_two_questions_at_once_have_memory_of_their_own_and_give_it_back_also_after_a_fault():
    scratches = Scratches()
    with scratches.taken() as one, scratches.taken() as two:
        assert one is not two
    with pytest.raises(KeyError), scratches.taken() as again:
        raise KeyError
    with scratches.taken() as last:
        assert last is again
