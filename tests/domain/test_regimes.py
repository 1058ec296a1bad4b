from __future__ import annotations

import tomllib

import pytest

import letter_examples as ex
from evalpanel.domain.regimes import Audience, Need, parse
from evalpanel.domain.standstill import StandstillClock
from evalpanel.domain.tender import RegimeCode
from evalpanel.errors import EvalPanelError
from evalpanel.system.resources import resource


def contents(kind: str, name: str) -> dict[str, object]:
    return tomllib.loads(resource(kind, f"{name}.toml").read_text("utf-8"))


@pytest.mark.parametrize("code", list(RegimeCode))
def test_parse_reads_the_regime_of_every_code(code: RegimeCode) -> None:
    assert ex.regime(code.value).code is code


@pytest.mark.parametrize("code", ["pa2023", "pa2023-light-touch", "pa2023-wales"])
def test_parse_reads_what_the_act_asks_of_an_assessment_summary(code: str) -> None:
    regime = ex.regime(code)
    assert [(item.item, item.to, item.needs) for item in regime.required] == [
        ("a", Audience.ALL, Need.NAME),
        ("b", Audience.ALL, Need.ADDRESSES),
        ("c", Audience.ALL, Need.IDENTIFIER),
        ("d", Audience.ALL, Need.CRITERIA),
        ("e", Audience.ALL, Need.SCORES),
        ("f", Audience.OTHERS, Need.REASONS),
        ("g", Audience.OTHERS, Need.WINNER),
        ("h", Audience.OTHERS, Need.WINNER_SCORES),
    ]
    held = regime.standstill
    assert held is not None
    assert (held.clock, held.days, held.voluntary, held.dated) == (
        StandstillClock.FROM_PUBLICATION,
        8,
        code == "pa2023-light-touch",
        "",
    )
    assert regime.years_kept == 3


def test_the_regimes_count_standstill_by_their_own_clocks() -> None:
    held = {code.value: ex.regime(code.value).standstill for code in RegimeCode}
    assert {code: (one.clock, one.days) for code, one in held.items() if one is not None} == {
        "pa2023": (StandstillClock.FROM_PUBLICATION, 8),
        "pa2023-light-touch": (StandstillClock.FROM_PUBLICATION, 8),
        "pa2023-wales": (StandstillClock.FROM_PUBLICATION, 8),
        "pcr2015": (StandstillClock.FROM_SENDING, 10),
        "psr2023": (StandstillClock.AFTER_NOTICE, 8),
    }
    assert held["grant"] is None


def test_only_the_regulations_of_2015_ask_for_relative_advantages_and_an_exact_end() -> None:
    asking = {code.value for code in RegimeCode if ex.regime(code.value).asks(Need.ADVANTAGES)}
    exact = {code.value for code in RegimeCode if ex.regime(code.value).asks(Need.STANDSTILL_END)}
    assert asking == exact == {"pcr2015"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"code": "pa1066"}, "not a regime"),
        ({"cite": "regulation 31"}, "`cite` must hold {item}"),
        ({"standstill": {"clock": "sun"}}, "`clock`"),
        ({"years_kept": True}, "`years_kept`"),
        ({"words": []}, "`words`"),
        ({"required": []}, "`required`"),
        ({"required": [{"item": "a", "what": "b", "to": "some", "needs": "name"}]}, "`to`"),
        ({"required": [{"item": "a", "what": "b", "to": "all", "needs": "luck"}]}, "`needs`"),
        ({"yeers_kept": 3}, "`yeers_kept`"),
    ],
)
def test_parse_refuses_what_is_wrong_by_name(change: dict[str, object], named: str) -> None:
    with pytest.raises(EvalPanelError, match=named):
        parse(contents("regimes", "pa2023") | change)
