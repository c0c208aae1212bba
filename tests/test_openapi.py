"""/openapi.json promises what the addresses for programs keep: Schemathesis tries to break it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from indexer.days import read_day
from indexer.query import Query
from tests.small_site import opened
from webui.languages import CHOICE
from webui.openapi import DAY, FORMATS, description, parameters
from webui.params import to_pairs

CHECKS = {"positive_data_acceptance": {"expected-statuses": ["200", "304", "400"]}}
"""400 also for what no schema can say: 31 February, an end before its beginning, a page past the
last one."""


PLAIN = {"Accept-Encoding": "identity"}
"""Schemathesis asks an application without a server for packed answers, and cannot read them."""


@pytest.fixture(scope="module")
def schema(small_site: dict[str, Any]) -> Iterator[Any]:
    with opened(small_site) as app:
        config = SchemathesisConfig.from_dict({"checks": CHECKS, "headers": PLAIN})
        yield schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def keep_promises(schema: Any, path: str, examples: int) -> None:
    """Ask an operation what its description allows and what it does not; every check holds."""
    operation = schema[path]["GET"]
    cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(cases))
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()


@pytest.mark.parametrize("path", [*FORMATS, "/status.json", "/suggest"])
def test_row_30_promises_are_kept(schema: Any, path: str) -> None:
    keep_promises(schema, path, 50)


@pytest.mark.soak
@pytest.mark.parametrize("path", [*FORMATS, "/status.json", "/suggest"])
def test_promises_are_kept_a_thousand_times(schema: Any, path: str) -> None:
    keep_promises(schema, path, 2000)


@pytest.mark.soak
def test_promises_are_kept_along_the_links(schema: Any) -> None:
    machine = schema.as_state_machine()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=200, stateful_step_count=6, suppress_health_check=list(HealthCheck)
        ),
    )


def test_the_parameters_are_those_of_addresses() -> None:
    every = Query("rác", *(("a",),) * 5, date(2026, 1, 1), date(2026, 1, 2), "newest", 2, True)
    described = [each["name"] for each in parameters()]
    assert len(described) == len(set(described))
    assert set(described) == {name for name, _ in to_pairs(every)} | {CHOICE}


@given(st.from_regex(r"[0-9/. -]{1,12}", fullmatch=True))
@example("15032026")
@example("1 / 3 / 2026")
def test_every_day_that_is_read_fits_the_description(text: str) -> None:
    if read_day(text):
        assert re.search(DAY["pattern"], text)


def test_schemas_are_schemas() -> None:
    whole = description()
    for schema in whole["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    for parameter in parameters():
        jsonschema_rs.meta.validate(parameter["schema"])


def test_other_sites_may_read_the_description(client: FlaskClient) -> None:
    response = client.get("/openapi.json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json == json.loads(json.dumps(description()))
    assert response.json is not None
    assert response.json["openapi"] == "3.1.0"
