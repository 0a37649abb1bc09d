from __future__ import annotations

from gateway.web.docs import groups_of, schemas_of, type_name

DOCUMENT = {
    "info": {"title": "Pace42", "version": "1"},
    "paths": {
        "/api/v1/things/{id}": {
            "get": {
                "tags": ["Things"],
                "summary": "One thing",
                "security": [{"bearer": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {"description": "NOT_FOUND"},
                },
            },
            "delete": {"tags": ["Things"], "responses": {"204": {"description": "Gone"}}},
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "properties": {"a": {"type": "integer"}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
                "required": ["a"],
            },
            "Kind": {"enum": ["x", "y"]},
        }
    },
}


def test_operations_stand_under_their_tag_with_what_they_take_and_give():
    [(tag, operations)] = groups_of(DOCUMENT)
    assert tag == "Things"
    show, delete = operations
    assert (show.method, show.path, show.summary, show.signed_in) == ("GET", "/api/v1/things/{id}", "One thing", True)
    assert [(line.name, line.required) for line in show.parameters] == [("id (path)", True)]
    assert [(answer.status, answer.schema) for answer in show.answers] == [("200", "Thing")]
    assert show.refusals == "404 NOT_FOUND"
    assert (delete.method, delete.signed_in, delete.refusals) == ("DELETE", False, "")
    assert show.anchor != delete.anchor


def test_shapes_say_their_fields_and_choices():
    kind, thing = schemas_of(DOCUMENT)
    assert kind.choices == ("x", "y")
    assert [(line.name, line.type_name, line.required) for line in thing.lines] == [
        ("a", "integer", True),
        ("b", "string or null", False),
    ]


def test_types_read_as_words():
    assert type_name({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}) == "array of Thing"
    assert type_name({"type": "string", "format": "uuid"}) == "string (uuid)"
    assert type_name({"type": ["string", "null"]}) == "string or null"
    assert type_name({"enum": ["a", "b"]}) == "a | b"
    assert type_name({}) == "any"
