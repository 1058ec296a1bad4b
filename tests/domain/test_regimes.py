from __future__ import annotations

import tomllib

import pytest

import letter_examples as ex
from evalpanel.domain.letter_wording import parse_wording
from evalpanel.domain.regimes import Audience, parse, refuse_without_letters
from evalpanel.domain.tender import RegimeCode
from evalpanel.errors import EvalPanelError
from evalpanel.system.resources import resource


def contents(kind: str, name: str) -> dict[str, object]:
    return tomllib.loads(resource(kind, f"{name}.toml").read_text("utf-8"))


@pytest.mark.parametrize("code", list(RegimeCode))
def test_parse_reads_the_regime_of_every_code(code: RegimeCode) -> None:
    assert ex.regime(code.value).code is code


@pytest.mark.parametrize("code", ["pa2023", "pa2023-light-touch"])
def test_parse_reads_what_regulation_31_asks(code: str) -> None:
    regime = ex.regime(code)
    assert [(item.item, item.to) for item in regime.required] == [
        *((letter, Audience.ALL) for letter in "abcde"),
        *((letter, Audience.OTHERS) for letter in "fg"),
    ]
    assert regime.standstill is not None
    assert (regime.standstill.working_days, regime.standstill.voluntary) == (8, code == "pa2023-light-touch")
    assert regime.years_kept == 3


def test_refuse_without_letters_names_the_regime() -> None:
    with pytest.raises(EvalPanelError, match="Public Contracts Regulations 2015"):
        refuse_without_letters(ex.regime("pcr2015"))
    refuse_without_letters(ex.regime("pa2023"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"code": "pa1066"}, "not a regime"),
        ({"letters": "yes"}, "`letters`"),
        ({"years_kept": True}, "`years_kept`"),
        ({"words": []}, "`words`"),
        ({"required": []}, "`required`"),
        ({"required": [{"item": "a", "what": "b", "to": "some"}]}, "`to`"),
        ({"yeers_kept": 3}, "`yeers_kept`"),
    ],
)
def test_parse_refuses_what_is_wrong_by_name(change: dict[str, object], named: str) -> None:
    with pytest.raises(EvalPanelError, match=named):
        parse(contents("regimes", "pa2023") | change)


@pytest.mark.parametrize("sentence", ["{tender.title}", "{bidder!r}", "{nobody}", "{", "{0}", "{bidder:>99}"])
def test_parse_wording_refuses_a_place_that_no_letter_fills(sentence: str) -> None:
    held = contents("letters", "pa2023")
    texts = held["texts"]
    assert isinstance(texts, dict)
    with pytest.raises(EvalPanelError, match="The letter wording"):
        parse_wording(held | {"texts": texts | {"closing": sentence}})
