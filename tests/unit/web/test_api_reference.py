"""The reference of the API: fields said in words, topics only with what somebody may, shapes only where spoken of."""

from typing import Any

import pytest

from web.api_reference import Field, Kind, Topic, topics

SCHEMAS: dict[str, Any] = {
    "Paged_ThingOut_": {"properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/ThingOut"}}}},
    "ThingOut": {"description": "A thing.", "properties": {"kind": {"$ref": "#/components/schemas/Sort"}}},
    "Sort": {"type": "string", "enum": ["large", "small"]},
    "ThingIn": {
        "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 60}, "size": {"type": "integer", "default": 3}},
    },
    "Unspoken": {"properties": {}},
}


def request(topic: str, **said: Any) -> dict[str, Any]:
    """One request as OpenAPI describes it."""
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Paged_ThingOut_"}}}}}
    return {"tags": [topic], "operationId": topic, "responses": answer} | said


def reference(may: tuple[str, ...] = ("GET", "POST"), **requests: dict[str, Any]) -> list[Topic]:
    """The topics of requests by method, all on one path, for somebody who may these methods."""
    document = {"paths": {"/api/v1/things": requests}, "components": {"schemas": SCHEMAS}}
    return topics(document, lambda method, _: method in may)


def field(schema: dict[str, Any]) -> Field:
    """How the reference says a parameter of this schema."""
    parameter = {"name": "it", "required": True, "schema": schema}
    return reference(get=request("things", parameters=[parameter]))[0].operations[0].parameters[0]


@pytest.mark.parametrize(
    ("schema", "words", "limits"),
    [
        ({"type": "string", "maxLength": 60, "default": ""}, "string", "at most 60 characters"),
        ({"type": "integer", "minimum": 0, "maximum": 200, "default": 50}, "integer", "from 0, to 200, 50 unless said"),
        ({"type": "boolean", "default": False}, "boolean", "false unless said"),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "moment or null", ""),
        ({"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}, "string or null", "at most 9 characters"),
        ({"type": "array", "items": {"type": "string", "format": "date"}, "maxItems": 3}, "list of date", "at most 3"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer", ""),
        ({"type": "object", "additionalProperties": True}, "object", ""),
        ({"type": "string", "enum": ["keep", "refuse"], "default": "keep"}, "keep, refuse", "keep unless said"),
        ({"const": "x"}, "x", ""),
        ({"type": "string", "contentMediaType": "application/octet-stream"}, "file", ""),
        ({}, "anything", ""),
    ],
)
def test_kind_and_limits_of_a_field_are_said_in_words(schema: dict[str, Any], words: str, limits: str) -> None:
    assert (field(schema).kind.words, field(schema).limits) == (words, limits)


def test_topic_has_the_requests_that_somebody_may_and_one_of_none_is_left_out() -> None:
    get, post = request("things"), request("do not call")
    assert [topic.slug for topic in reference(get=get, post=post)] == ["do-not-call", "things"]
    assert [topic.name for topic in reference(("GET",), get=get, post=post)] == ["things"]


def test_shapes_are_those_spoken_of_and_those_that_they_speak_of() -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingIn"}}}}
    topic = reference(post=request("things", requestBody=body))[0]
    one = topic.operations[0]
    assert (one.body, one.answer) == (Kind("ThingIn", "ThingIn"), Kind("page of ThingOut", "Paged_ThingOut_"))
    assert [shape.name for shape in topic.shapes] == ["page of ThingOut", "Sort", "ThingIn", "ThingOut"]
    assert topic.shapes[1].meaning == "large, small"
    assert [(each.name, each.is_required, each.limits) for each in topic.shapes[2].fields] == [
        ("name", True, "at most 60 characters"),
        ("size", False, "3 unless said"),
    ]


def test_fields_of_a_form_stand_with_the_request() -> None:
    form = {"multipart/form-data": {"schema": {"properties": {"file": {"type": "string", "format": "binary"}}}}}
    one = reference(post=request("things", requestBody={"content": form}))[0].operations[0]
    assert (one.body_type, [each.name for each in one.body_fields]) == ("multipart/form-data", ["file"])
