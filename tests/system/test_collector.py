"""Cycles are left alone for a while, and looked for again afterwards."""

from __future__ import annotations

import gc

import pytest

from evalpanel.system.collector import cycles_left


def test_the_collector_stands_still_meanwhile_and_goes_on_afterwards_also_after_an_error() -> None:
    assert gc.isenabled()
    with cycles_left():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), cycles_left():
        raise KeyError
    assert gc.isenabled()


def test_where_it_stands_still_already_it_goes_on_standing_still() -> None:
    gc.disable()
    try:
        with cycles_left():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
