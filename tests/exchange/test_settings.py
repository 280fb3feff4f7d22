"""Settings: each missing or faulty one at its default, each fault named with its line."""

from datetime import UTC, datetime

import pytest

from pegboard.domain.snapshot import ObjectiveWeights, PlanningPolicy, RuleLink, Settings
from pegboard.exchange.settings import settings_text
from tests.exchange.conftest import NOW, Folder, only


def settings(factory: Folder, text: str) -> Settings:
    reading = factory(factory_toml=text)
    assert reading.snapshot is not None, reading.findings
    return reading.snapshot.settings


def test_without_a_file_every_setting_has_its_default(factory: Folder):
    reading = factory()
    assert reading.snapshot is not None
    assert reading.snapshot.settings == Settings(now=NOW)
    assert reading.findings == []


def test_every_setting_of_the_contract_is_read(factory: Folder):
    text = """
name = "Bespoke Bicycles"
timezone = "Europe/Berlin"
currency = "EUR"
now = 2026-06-01T06:00:00
horizon_days = 200
calendar = "STD"
[policy]
net_finished_stock = false
buffer_trigger = "below"
clear_to_build = "skip"
freeze_minutes = 90
allocation = "priority"
queue_time = "norm"
efficiency_on_setup = false
[objective]
tardiness = 2
late_lines = 0.5
flow = 0
earliness = 0.1
setup = 3
wip = 4
[[rules]]
group = "WELD"
rule = "least_setup"
[[rules]]
until_days = 5
rule = "atc"
"""
    policy = PlanningPolicy(
        net_finished_stock=False,
        buffer_trigger="below",
        clear_to_build="skip",
        freeze_minutes=90.0,
        allocation="priority",
        queue_time="norm",
        efficiency_on_setup=False,
    )
    assert settings(factory, text) == Settings(
        now=datetime(2026, 6, 1, 4, tzinfo=UTC),
        name="Bespoke Bicycles",
        timezone="Europe/Berlin",
        currency="EUR",
        horizon_days=200.0,
        calendar="STD",
        policy=policy,
        objective=ObjectiveWeights(tardiness=2, late_lines=0.5, flow=0, earliness=0.1, setup=3, wip=4),
        rules=(RuleLink(rule="least_setup", group="WELD"), RuleLink(rule="atc", until_days=5)),
    )


@pytest.mark.parametrize(
    "now",
    [
        "2026-06-01T06:00:00",
        '"2026-06-01 06:00"',
        '"01.06.2026 06:00"',
        "2026-06-01T04:00:00Z",
        "2026-06-01T04:00:00.75Z",
    ],
)
def test_the_planning_instant_may_be_a_date_time_or_a_text_and_has_whole_seconds(factory: Folder, now: str):
    assert settings(factory, f'timezone = "Europe/Berlin"\nnow = {now}\n').now == datetime(2026, 6, 1, 4, tzinfo=UTC)


def test_a_bare_date_plans_from_its_first_moment(factory: Folder):
    assert settings(factory, 'timezone = "Europe/Berlin"\nnow = 2026-06-01\n').now == datetime(
        2026, 5, 31, 22, tzinfo=UTC
    )


def test_a_setting_shows_in_the_hash_but_not_its_spelling(factory: Folder):
    default = factory().factory_hash
    assert factory(factory_toml="# nothing\nhorizon_days = 365.0\n[policy]\n").factory_hash == default
    assert factory(factory_toml="horizon_days = 366\n").factory_hash != default


def test_broken_toml_ends_the_reading_with_its_line(factory: Folder):
    reading = factory(factory_toml="name = 'x'\ntimezone = Europe/Berlin\n")
    assert reading.snapshot is None
    assert (only(reading, "F121").severity, only(reading, "F121").source) == ("error", "factory.toml:2")


@pytest.mark.parametrize("name", ["Europe/Berln", "../../etc/passwd", "Europe", "/etc", "europe berlin"])
def test_an_unknown_time_zone_is_an_error_and_times_are_read_as_utc(factory: Folder, name: str):
    reading = factory(factory_toml=f'name = "x"\ntimezone = "{name}"\n')
    finding = only(reading, "F122")
    assert (finding.severity, finding.source) == ("error", "factory.toml:2")
    assert name in finding.what
    assert reading.snapshot is not None
    assert reading.snapshot.settings.timezone == "UTC"
    if "erl" in name:
        assert finding.advice == "write an IANA name, such as Europe/Berlin"


def test_unknown_keys_are_named_with_the_closest_known_one(factory: Folder):
    reading = factory(factory_toml='colour = "red"\n[policy]\nallocatoin = "need"\n[erp]\nhost = "x"\n')
    found = {f.subject: (f.severity, f.code, f.advice, f.source) for f in reading.findings}
    assert found == {
        "colour": ("warning", "F123", "delete it", "factory.toml:1"),
        "policy.allocatoin": ("warning", "F123", "did you mean allocation?", "factory.toml:3"),
        "erp": ("warning", "F123", "delete it", "factory.toml:4"),
    }


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("horizon_days = 0", "horizon_days '0' means nothing here: it must be above 0"),
        ("horizon_days = 'long'", "horizon_days 'long' is not a number"),
        ("horizon_days = inf", "horizon_days 'inf' is not a finite number"),
        ("horizon_days = [1]", "horizon_days holds a list or table, not one value"),
        ("[policy]\nallocation = 'neeed'", "allocation 'neeed' is not known here"),
        ("[policy]\nfreeze_minutes = -1", "freeze_minutes '-1' means nothing here: it must be at least 0"),
        ("[policy]\nnet_finished_stock = 'perhaps'", "net_finished_stock 'perhaps' is neither yes nor no"),
    ],
)
def test_a_value_that_cannot_be_used_leaves_the_default(factory: Folder, line: str, what: str):
    reading = factory(factory_toml=line + "\n")
    assert only(reading, "F124").what == what
    assert reading.snapshot is not None
    assert reading.snapshot.settings == Settings(now=NOW)


def test_a_planning_instant_that_cannot_be_read_is_not_replaced_by_the_clock(factory: Folder):
    reading = factory(factory_toml="now = 'soon'\n")
    assert reading.snapshot is None
    assert only(reading, "F125").what == "now 'soon' is not a date"


def test_settings_are_written_so_that_they_read_back(factory: Folder):
    written = Settings(
        now=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # the second 02:30 of that night in Berlin
        name='Bikes "R" \\ \n\tUs',
        timezone="Europe/Berlin",
        horizon_days=12.5,
        policy=PlanningPolicy(allocation="priority", net_finished_stock=False),
        objective=ObjectiveWeights(wip=0.25),
        rules=(RuleLink(rule="atc", until_days=2.5), RuleLink(rule="edd", group="SAWS")),
    )
    assert settings(factory, settings_text(written)) == written


@pytest.mark.parametrize(
    ("text", "code", "subject", "what", "line"),
    [
        ("[objective]\nflow = -1", "F124", "objective.flow", "objective.flow '-1' means nothing here", 2),
        ("[objective]\nflwo = 1", "F123", "objective.flwo", "the setting 'objective.flwo' is unknown", 2),
        ("objective = 3", "F123", "objective", "the setting 'objective' is unknown", 1),
        ("[[rules]]\ngroup = 'A'", "F124", "rules.1", "rules.1 names no rule", 2),
        ("[[rules]]\nrule = 'edd'\nuntil_days = 0", "F124", "rules.1.until_days", "rules.1.until_days '0' means", 3),
        ("[[rules]]\nrule='edd'\n[[rules]]\nrule='edd'\ngruop='A'", "F123", "rules.2.gruop", "the setting", 5),
        ("rules = 'edd'", "F123", "rules", "the setting 'rules' is unknown", 1),
    ],
)
def test_a_fault_in_objective_or_rules_is_named_with_its_line(
    factory: Folder, text: str, code: str, subject: str, what: str, line: int
):
    finding = only(factory(factory_toml=text + "\n"), code)

    assert (finding.subject, finding.source) == (subject, f"factory.toml:{line}")
    assert finding.what.startswith(what)
