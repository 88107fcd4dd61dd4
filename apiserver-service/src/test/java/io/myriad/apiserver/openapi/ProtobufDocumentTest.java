package io.myriad.apiserver.openapi;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.codec.WireReader;

import static org.assertj.core.api.Assertions.assertThat;

class ProtobufDocumentTest {
    private final byte[] document = ProtobufDocument.write(JsonMapper.shared().readTree("""
            {"swagger": "2.0", "info": {"title": "T", "version": "v"},
             "paths": {"/api/v1/things/{name}": {
               "parameters": [{"name": "name", "in": "path", "required": true, "type": "string", "uniqueItems": true}],
               "get": {"produces": ["application/json"], "parameters": [{"name": "pretty", "in": "query",
                 "type": "string", "uniqueItems": true}], "responses": {"200": {"description": "OK",
                 "schema": {"$ref": "#/definitions/v1.Thing"}}}, "x-kubernetes-action": "get"}}},
             "definitions": {"v1.Thing": {"type": "object", "required": ["spec"],
               "properties": {"spec": {"type": "array", "items": {"type": "string", "enum": ["a"]}}},
               "x-kubernetes-group-version-kind": [{"group": "", "kind": "Thing", "version": "v1"}]}}}
            """));

    @Test
    void headAndPaths() {
        assertThat(text(1)).isEqualTo("2.0");
        assertThat(text(2, 1)).isEqualTo("T");
        assertThat(text(8, 2, 1)).isEqualTo("/api/v1/things/{name}");
        assertThat(text(8, 2, 2, 9, 1, 2, 4, 4)).isEqualTo("name");
        assertThat(text(8, 2, 2, 2, 6)).isEqualTo("application/json");
        assertThat(text(8, 2, 2, 2, 8, 1, 2, 3, 4)).isEqualTo("pretty");
        assertThat(text(8, 2, 2, 2, 9, 1, 1)).isEqualTo("200");
        assertThat(text(8, 2, 2, 2, 9, 1, 2, 1, 2, 1, 1)).isEqualTo("#/definitions/v1.Thing");
        assertThat(text(8, 2, 2, 2, 13, 2, 2)).isEqualTo("\"get\"");
    }

    @Test
    void definitions() {
        assertThat(text(9, 1, 1)).isEqualTo("v1.Thing");
        assertThat(text(9, 1, 2, 22, 1)).isEqualTo("object");
        assertThat(text(9, 1, 2, 19)).isEqualTo("spec");
        assertThat(text(9, 1, 2, 25, 1, 1)).isEqualTo("spec");
        assertThat(text(9, 1, 2, 25, 1, 2, 23, 1, 20, 2)).isEqualTo("\"a\"");
        assertThat(text(9, 1, 2, 31, 1)).isEqualTo("x-kubernetes-group-version-kind");
        assertThat(text(9, 1, 2, 31, 2, 2)).isEqualTo("[{\"group\":\"\",\"kind\":\"Thing\",\"version\":\"v1\"}]");
    }

    private String text(int... path) {
        WireReader.Slice found = WireReader.find(document, 0, document.length, path);
        assertThat(found).as("field").isNotNull();
        return new String(found.data(), found.offset(), found.length(), StandardCharsets.UTF_8);
    }
}
