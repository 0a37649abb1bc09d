import contextlib
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from shared.columns import Column, CorruptBlockError, decode, encode, size


def _bits(values):
    return np.asarray(values, dtype=np.float64)


@given(
    values=st.lists(st.one_of(st.just(float("nan")), st.floats(-1e7, 1e7)), max_size=200),
    scale=st.sampled_from([1.0, 10.0, 1000.0, 1e7]),
)
def test_values_come_back_to_the_declared_resolution_and_gaps_stay_gaps(values, scale):
    original = _bits(values)
    back = decode(encode({"a": Column(original, scale)}))["a"]
    assert np.array_equal(np.isnan(back), np.isnan(original))
    known = ~np.isnan(original)
    assert np.all(np.abs(back[known] - original[known]) <= 0.5 / scale + 1e-9 * np.abs(original[known]))


def test_only_the_named_columns_are_returned():
    block = encode({"a": Column(_bits([1, 2]), 1), "b": Column(_bits([3, 4]), 1)})
    assert list(decode(block, {"b", "absent"})) == ["b"]


def test_columns_without_rows_and_blocks_without_columns_survive():
    assert decode(encode({})) == {}
    assert decode(encode({"a": Column(_bits([]), 10)}))["a"].shape == (0,)


def test_differences_past_32_bits_are_kept_exactly():
    wide = _bits([0, 4e12, -4e12])
    assert decode(encode({"a": Column(wide, 1)}))["a"].tolist() == wide.tolist()


def test_a_smooth_hour_of_nine_columns_is_small():
    time = np.arange(3600.0)
    columns = {f"c{n}": Column(np.round(100 + 10 * np.sin(time / (60 + n))), 1) for n in range(9)}
    assert len(encode(columns)) < 0.05 * 9 * 3600 * 8


def test_a_block_of_version_1_is_read_as_it_was_written():
    # Written by the code of version 1: 1/1000, a leading gap, and differences past 32 bits.
    block = (
        "434f4c42010300030000000474696d650000000000408f4004000570756c7365000000000000f03f040103666172000000000000f03f08"
        "0028b52ffd2031650100340200e8dc00030500800096ff0000000040800094d700525a00a3b90003f80000ff0000ff0200ba2a173002"
        "daca8c12"
    )
    back = decode(bytes.fromhex(block))
    assert back["time"].tolist() == [0.0, 1.0, 2.5]
    assert back["far"].tolist() == [0.0, 4e12, -4e12]
    assert np.array_equal(back["pulse"], [np.nan, 150.0, 149.0], equal_nan=True)


def _regrouped(differences, width):
    each = [difference.to_bytes(width, "little", signed=True) for difference in differences]
    return bytes(number[place] for place in range(width) for number in each)


def test_a_block_of_version_2_is_read_as_its_layout_says():
    # Packed by hand: for each width a column without gaps and one whose second of three values is missing.
    head, body, expected = struct.pack("<4sBHI", b"COLB", 2, 8, 3), b"", {}
    for width, step in [(8, 2**40), (1, -3), (4, 70_000), (2, 300)]:
        for name, mask in [(f"whole{width}", b""), (f"gap{width}", bytes([0b01000000]))]:
            head += bytes([len(name)]) + name.encode() + struct.pack("<dqBB", 10.0, 1000, width, bool(mask))
            body += mask + _regrouped([0, step, -2 * step], width)
            second = np.nan if mask else (1000 + step) / 10
            expected[name] = [100.0, second, (1000 - step) / 10]
    back = decode(_resealed(head + zstandard.ZstdCompressor().compress(body)))
    assert list(back) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(back[name], values, err_msg=name)


def test_blocks_that_many_threads_read_at_once_do_not_mix():
    blocks = [encode({"a": Column(np.arange(20_000.0) * step, 1)}) for step in range(1, 9)]
    with ThreadPoolExecutor(len(blocks)) as threads:
        read = list(threads.map(decode, blocks * 25))
    assert [back["a"][-1] / 19_999 for back in read] == [1, 2, 3, 4, 5, 6, 7, 8] * 25


def test_the_size_is_that_of_all_columns_and_nothing_where_there_is_no_header():
    assert size(encode({"a": Column(_bits([1, 2, 3]), 1), "b": Column(_bits([3, 4, 5]), 1)})) == 6
    assert size(b"COLB") == 0


@pytest.mark.parametrize("step", [1, 127, 128, 32_767, 32_768, 2**31 - 1, 2**31, 2**52])
def test_differences_of_any_width_come_back_exactly(step):
    values = _bits([5, 5 + step, 5, 5 + step])
    columns = {"wide": Column(values, 1), "narrow": Column(_bits([7, 8, 7, 7]), 1), "back": Column(-values, 1)}
    back = decode(encode(columns))
    assert {name: column.tolist() for name, column in back.items()} == {
        name: column.values.tolist() for name, column in columns.items()
    }


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        encode({"a": Column(_bits([1]), 1), "b": Column(_bits([1, 2]), 1)})


@pytest.mark.parametrize("value", [float("inf"), 1e300])
def test_a_value_that_does_not_fit_is_refused(value):
    with pytest.raises(ValueError, match="too large"):
        encode({"a": Column(_bits([value]), 1)})


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_changed_byte_is_noticed(position, flip):
    block = bytearray(encode({"a": Column(np.arange(500.0), 10), "b": Column(np.full(500, np.nan), 1)}))
    block[position % len(block)] ^= flip
    with pytest.raises(CorruptBlockError):
        decode(bytes(block))


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(data):
    with pytest.raises(CorruptBlockError):
        decode(data)


def _resealed(block: bytes) -> bytes:
    return block + struct.pack("<I", zlib.crc32(block))


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_damaged_block_with_a_right_checksum_never_raises_anything_else(position, flip):
    block = bytearray(encode({"a": Column(np.arange(50.0), 10), "b": Column(np.full(50, np.nan), 1)})[:-4])
    block[position % len(block)] ^= flip
    with contextlib.suppress(CorruptBlockError):
        decode(_resealed(bytes(block)))


def test_a_later_version_is_named_in_the_refusal():
    block = bytearray(encode({})[:-4])
    block[4] = 9
    with pytest.raises(CorruptBlockError, match="version 9"):
        decode(_resealed(bytes(block)))
