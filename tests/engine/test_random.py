"""The generator is Philox-4x32-10 to the bit, and its uniforms are uniforms."""

import math

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrsim.engine import random
from hrsim.engine.random import derive_key, name_key
from tests.engine.agreement import LIMIT, assert_uniform

WORD = st.integers(0, 2**32 - 1)

philox = numba.njit(lambda key, a, b, c, d: random.philox(key, a, b, c, d))
to_unit = numba.njit(lambda word: random.to_unit(word))


@numba.njit
def many_words(key, words):
    for number in range(words.shape[0]):
        words[number, 0], words[number, 1] = random.philox(key, number, 3, 1, 0)


@numba.njit
def answer(key, number, block, place, question):
    return random.uniform((key, np.uint64(number), np.uint64(block), np.uint64(place)), question)


def plain_philox(key: int, counter: tuple[int, int, int, int]) -> tuple[int, int]:
    """Ten rounds as the paper's table 2 has them, in Python's own integers."""
    low = 2**32 - 1
    k0, k1 = key & low, key >> 32
    c0, c1, c2, c3 = counter
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) & low, (k1 + 0xBB67AE85) & low
    return c0 | c1 << 32, c2 | c3 << 32


@pytest.mark.parametrize(
    ("key", "counter", "answers"),
    [
        ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers_of_random123(
    key: tuple[int, int], counter: tuple[int, int, int, int], answers: tuple[int, int, int, int]
) -> None:
    key_word = key[0] | key[1] << 32
    expected = (answers[0] | answers[1] << 32, answers[2] | answers[3] << 32)
    assert plain_philox(key_word, counter) == expected
    assert philox(np.uint64(key_word), *counter) == expected


@given(st.integers(0, 2**64 - 1), WORD, WORD, WORD, WORD)
def test_every_counter_gives_the_plain_words(key: int, a: int, b: int, c: int, d: int) -> None:
    assert philox(np.uint64(key), a, b, c, d) == plain_philox(key, (a, b, c, d))


def test_a_unit_keeps_53_bits_and_its_order() -> None:
    words = [0, 2**11 - 1, 2**11, 2**40, 2**63, 2**64 - 1]
    units = [to_unit(np.uint64(word)) for word in words]
    assert units[0] == units[1] == 2.0**-54
    assert units[2] == 3 * 2.0**-54
    assert units == sorted(units)
    assert units[0] > 0.0 and units[-1] <= 1.0
    assert math.isclose(units[4], 0.5, abs_tol=2.0**-53)


def test_both_words_are_uniform_and_independent() -> None:
    count = 200_000
    words = np.zeros((count, 2), np.uint64)
    many_words(derive_key(11, "both"), words)
    first, second = ((words >> np.uint64(11)) * 2.0**-53).T
    assert_uniform(first)
    assert_uniform(second)
    assert_uniform((first + second) % 1.0)
    for pair in ((first, second), (first[:-1], first[1:]), (first[:-1], second[1:])):
        assert abs(np.corrcoef(*pair)[0, 1]) * count**0.5 < LIMIT


def test_every_bit_of_a_word_is_fair() -> None:
    count = 100_000
    words = np.zeros((count, 2), np.uint64)
    many_words(derive_key(12, "bits"), words)
    ones = np.unpackbits(words.view(np.uint8), axis=1).sum(axis=0, dtype=np.int64)
    assert ones.size == 128
    assert np.abs(ones - count / 2).max() < LIMIT * (count / 4) ** 0.5


def test_an_answer_depends_on_each_part_of_its_place() -> None:
    key = derive_key(1, "stream", "overdose")
    base = (key, 5, 7, 2, 1)
    changes = [(derive_key(2, "stream", "overdose"), 5, 7, 2, 1), (key, 6, 7, 2, 1), (key, 5, 8, 2, 1)]
    changes += [(key, 5, 7, 3, 1), (key, 5, 7, 2, 3)]
    assert answer(*base) == answer(*base)
    assert len({answer(*place) for place in [base, *changes]}) == 1 + len(changes)


def test_keys_are_known_and_differ_by_luck_name_and_cut() -> None:
    assert derive_key(1, "stream", "overdose") == np.uint64(0x6185626A591797F8)
    assert name_key("a", "bc") == np.uint64(0x5AAF937C474C8AA8)
    names = [(1, "a", "bc"), (1, "ab", "c"), (1, "abc"), (2, "a", "bc"), (11, "abc"), (1, "1abc")]
    assert len({int(derive_key(luck, *rest)) for luck, *rest in names}) == len(names)
    assert derive_key(1, "a").dtype == np.uint64
