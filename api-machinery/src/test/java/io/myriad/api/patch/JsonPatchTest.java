package io.myriad.api.patch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonPatchTest {
    // Quotes are written as ' to keep the tables readable.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // document | operations | result; the first ones are RFC 6902's appendix A
            "{'foo':'bar'} | [{'op':'add','path':'/baz','value':'qux'}] | {'foo':'bar','baz':'qux'}",
            "{'foo':['bar','baz']} | [{'op':'add','path':'/foo/1','value':'qux'}] | {'foo':['bar','qux','baz']}",
            "{'baz':'qux','foo':'bar'} | [{'op':'remove','path':'/baz'}] | {'foo':'bar'}",
            "{'foo':['bar','qux','baz']} | [{'op':'remove','path':'/foo/1'}] | {'foo':['bar','baz']}",
            "{'baz':'qux'} | [{'op':'replace','path':'/baz','value':'boo'}] | {'baz':'boo'}",
            "{'foo':{'bar':'baz','waldo':'fred'},'qux':{}} | [{'op':'move','from':'/foo/waldo','path':'/qux/thud'}] | {'foo':{'bar':'baz'},'qux':{'thud':'fred'}}",
            "{'foo':['all','grass','cows','eat']} | [{'op':'move','from':'/foo/1','path':'/foo/3'}] | {'foo':['all','cows','eat','grass']}",
            "{'baz':'qux','foo':['a',2,'c']} | [{'op':'test','path':'/baz','value':'qux'},{'op':'test','path':'/foo/1','value':2}] | {'baz':'qux','foo':['a',2,'c']}",
            "{'foo':'bar'} | [{'op':'add','path':'/child','value':{'grandchild':{}}}] | {'foo':'bar','child':{'grandchild':{}}}",
            "{'foo':['bar']} | [{'op':'add','path':'/foo/-','value':['abc','def']}] | {'foo':['bar',['abc','def']]}",
            "{'/':9,'~1':10} | [{'op':'test','path':'/~01','value':10}] | {'/':9,'~1':10}",
            "{'a':{'b/c':1}} | [{'op':'replace','path':'/a/b~1c','value':2}] | {'a':{'b/c':2}}",
            "{'a':1} | [{'op':'copy','from':'/a','path':'/b'}] | {'a':1,'b':1}",
            "{'a':{'x':1}} | [{'op':'copy','from':'/a','path':'/b'},{'op':'add','path':'/b/x','value':2}] | {'a':{'x':1},'b':{'x':2}}",
            // what the library behind the real API does beyond the RFC
            "{} | [{'op':'replace','path':'/a','value':1}] | {'a':1}", "{} | [{'op':'add','path':'/a'}] | {'a':null}",
            "{} | [{'op':'test','path':'/a','value':null}] | {}",
            "{'a':null} | [{'op':'test','path':'/a'}] | {'a':null}",
            "{} | [{'op':'copy','from':'/a','path':'/b'}] | {'b':null}",
            "{'a':[1,2,3]} | [{'op':'remove','path':'/a/-1'}] | {'a':[1,2]}",
            "{'a':[1,2,3]} | [{'op':'replace','path':'/a/-3','value':0}] | {'a':[0,2,3]}",
            "{'a':[1,2]} | [{'op':'add','path':'/a/-1','value':3}] | {'a':[1,2,3]}",
            "{'a':[1,2]} | [{'op':'add','path':'/a/2','value':3}] | {'a':[1,2,3]}",
            "{'a':[1,{'b':2}]} | [{'op':'replace','path':'/a/-1/b','value':3}] | {'a':[1,{'b':3}]}",
            "{'a':1} | [{'op':'replace','path':'','value':{'b':2}}] | {'b':2}",
            "{'a':1} | [{'op':'test','path':'','value':{'a':1}}] | {'a':1}",
            "{'a':1} | [{'op':'add','path':'x/c','value':3}] | {'a':1,'c':3}",
            "{'a':1} | [] | {'a':1}", "{'a':1} | null | {'a':1}",
            "{'a':1} | [{'op':'test','path':'/a','value':1.0}] | {'a':1}",
            "{'':1} | [{'op':'replace','path':'/','value':2}] | {'':2}"})
    void applies(String document, String patch, String result) {
        JsonNode before = json(document);
        JsonNode operations = json(patch);
        assertThat(JsonPatch.apply(before, operations)).isEqualTo(json(result));
        assertThat(before).isEqualTo(json(document));
        assertThat(operations).isEqualTo(json(patch));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // operations | code | words, applied to {'a':{'b':[1,2]},'c':'d','e':null}
            "{} | 400 | error decoding patch", "[1] | 400 | error decoding patch",
            "[{'op':1}] | 400 | error decoding patch", "[{'op':'add','path':[]}] | 400 | error decoding patch",
            "[{'op':'move','path':'/c','from':1}] | 400 | error decoding patch",
            "[null] | 422 | Unexpected kind: unknown",
            "[{}] | 422 | Unexpected kind: unknown", "[{'op':'spam','path':'/c'}] | 422 | Unexpected kind: spam",
            "[{'op':'add'}] | 422 | operation missing path field: missing value",
            "[{'op':'add','path':'','value':{}}] | 422 | doc is missing path: \"\"",
            "[{'op':'add','path':'/x/y','value':1}] | 422 | doc is missing path: \"/x/y\": missing value",
            "[{'op':'add','path':'/c/y','value':1}] | 422 | doc is missing path",
            "[{'op':'add','path':'/e/y','value':1}] | 422 | doc is missing path",
            "[{'op':'add','path':'/a/b/3','value':1}] | 422 | invalid index",
            "[{'op':'add','path':'/a/b/-4','value':1}] | 422 | invalid index",
            "[{'op':'add','path':'/a/b/x','value':1}] | 422 | not a proper array index: 'x'",
            "[{'op':'remove','path':'/x'}] | 422 | Unable to remove nonexistent key: x: missing value",
            "[{'op':'remove','path':'/a/b/2'}] | 422 | Unable to access invalid index: 2",
            "[{'op':'remove','path':'/a/b/-'}] | 422 | not a proper array index",
            "[{'op':'replace','path':'/a/b/2','value':1}] | 422 | doc is missing key: /a/b/2",
            "[{'op':'replace','path':'','value':1}] | 422 | must be object or array",
            "[{'op':'move','path':'/x'}] | 422 | missing from field",
            "[{'op':'move','path':'/x','from':'/y'}] | 422 | Unable to remove nonexistent key: y",
            "[{'op':'move','path':'/x/y','from':'/c'}] | 422 | missing destination path: /x/y",
            "[{'op':'copy','path':'/x/y','from':'/c'}] | 422 | missing destination path: /x/y",
            "[{'op':'test','path':'/c','value':'x'}] | 422 | testing value /c failed: test failed",
            "[{'op':'test','path':'/c','value':null}] | 422 | test failed",
            "[{'op':'test','path':'/c'}] | 422 | test failed",
            "[{'op':'test','path':'/e','value':0}] | 422 | test failed",
            "[{'op':'test','path':'/a/b/0','value':1.5}] | 422 | test failed",
            "[{'op':'test','path':'/a/b','value':[2,1]}] | 422 | test failed",
            "[{'op':'test','path':'/x/y','value':1}] | 422 | is missing path"})
    void refuses(String patch, int code, String words) {
        JsonNode document = json("{'a':{'b':[1,2]},'c':'d','e':null}");
        assertThatThrownBy(() -> JsonPatch.apply(document, json(patch))).isInstanceOfSatisfying(StatusException.class,
                failure -> {
                    assertThat(failure.status().code()).isEqualTo(code);
                    assertThat(failure.status().message()).contains(words);
                });
        assertThat(document).isEqualTo(json("{'a':{'b':[1,2]},'c':'d','e':null}"));
    }

    @Test
    void aNumberIsComparedByValueWhateverNodeHoldsIt() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.set("a", LongNode.valueOf(1));
        assertThat(JsonPatch.apply(document, json("[{'op':'test','path':'/a','value':1}]"))).isEqualTo(document);
    }

    @Test
    void boundsTheNumberOfOperations() {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        JsonNode operation = json("{'op':'test','path':'/a','value':1}");
        for (int i = 0; i < JsonPatch.MAX_OPERATIONS; i++) {
            patch.add(operation);
        }
        assertThat(JsonPatch.apply(json("{'a':1}"), patch)).isEqualTo(json("{'a':1}"));
        patch.add(operation);
        assertThatThrownBy(() -> JsonPatch.apply(json("{'a':1}"), patch)).isInstanceOfSatisfying(StatusException.class,
                failure -> assertThat(failure.status().code()).isEqualTo(413));
    }

    @Test
    void boundsWhatCopiesAdd() {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 40; i++) {
            patch.add(json("{'op':'copy','from':'/a','path':'/a/-'}"));
        }
        assertThatThrownBy(() -> JsonPatch.apply(json("{'a':[1]}"), patch)).hasMessageContaining("exceeding the limit");
    }

    @Test
    void namesUnknownMembers() {
        assertThat(JsonPatch.problems(json("[{'op':'add','path':'/a','value':1},{'op':'test','path':'/a','val':1}]")))
                .containsExactly("json patch unknown field \"[1].val\"");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
