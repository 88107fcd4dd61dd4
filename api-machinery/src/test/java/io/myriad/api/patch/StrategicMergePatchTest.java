package io.myriad.api.patch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StrategicMergePatchTest {
    private static final ObjectType POD_SPEC = Schema.builtin().type("io.k8s.api.core.v1.PodSpec");
    private static final ObjectType META = Schema.builtin().type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // a pod spec | patch | result; ' stands for the quotes and names are bare words
            "{hostname:h} | {hostname:i} | {hostname:i}", "{hostname:h} | {hostname:null} | {}",
            "{} | {hostname:null} | {}", "{} | {nodeSelector:{a:b,c:null}} | {nodeSelector:{a:b}}",
            "{nodeSelector:{a:b}} | {nodeSelector:{c:d}} | {nodeSelector:{a:b,c:d}}",
            "{nodeSelector:{a:b}} | {nodeSelector:{$patch:replace,c:d}} | {nodeSelector:{c:d}}",
            "{nodeSelector:{a:b}} | {nodeSelector:{$patch:delete}} | {nodeSelector:{}}",
            "{} | {nodeSelector:{$patch:delete}} | {}", "{hostname:h} | {$patch:replace,nodeName:n} | {nodeName:n}",
            // lists merge by key; elements of the patch come after those they do not name, unless they are there already
            "{containers:[{name:a,image:x}]} | {containers:[{name:a,image:y}]} | {containers:[{name:a,image:y}]}",
            "{containers:[{name:a}]} | {containers:[{name:c},{name:b}]} | {containers:[{name:c},{name:b},{name:a}]}",
            "{containers:[{name:a},{name:b}]} | {containers:[{name:b,image:x}]} | {containers:[{name:a},{name:b,image:x}]}",
            "{containers:[{name:a},{name:b},{name:c}]} | {containers:[{name:c,image:x},{name:a,image:x}]} | {containers:[{name:b},{name:c,image:x},{name:a,image:x}]}",
            "{} | {containers:[{name:a},{name:b,$patch:delete}]} | {containers:[{name:a}]}",
            "{containers:[{name:a},{name:b}]} | {containers:[{name:a,$patch:delete}]} | {containers:[{name:b}]}",
            "{containers:[{name:a}]} | {containers:[{name:a,$patch:delete}]} | {containers:[]}",
            "{containers:[{name:a}]} | {containers:[{name:z,$patch:delete}]} | {containers:[{name:a}]}",
            "{containers:[{name:a}]} | {containers:[{$patch:replace},{name:z}]} | {containers:[{name:z}]}",
            "{containers:[{name:a}]} | {containers:[{$patch:replace}]} | {containers:[]}",
            "{containers:[{name:a,args:[x]}]} | {containers:[{name:a,args:[y,z]}]} | {containers:[{name:a,args:[y,z]}]}",
            "{containers:[{name:a,args:[x]}]} | {containers:[{name:a,args:null}]} | {containers:[{name:a}]}",
            "{containers:[{name:a,env:[{name:A,value:x}]}]} | {containers:[{name:a,env:[{name:A,value:y},{name:B,value:z}]}]} | {containers:[{name:a,env:[{name:A,value:y},{name:B,value:z}]}]}",
            "{containers:[{name:a,ports:[{containerPort:80},{containerPort:81}]}]} | {containers:[{name:a,ports:[{containerPort:81,$patch:delete}]}]} | {containers:[{name:a,ports:[{containerPort:80}]}]}",
            "{tolerations:[{key:a}]} | {tolerations:[{key:b}]} | {tolerations:[{key:b}]}",
            // order
            "{containers:[{name:a},{name:b}]} | {$setElementOrder/containers:[{name:b},{name:a}]} | {containers:[{name:b},{name:a}]}",
            "{containers:[{name:a},{name:b}]} | {$setElementOrder/containers:[{name:b},{name:a}],containers:[{name:a,image:x}]} | {containers:[{name:b},{name:a,image:x}]}",
            "{containers:[{name:a},{name:s},{name:b}]} | {$setElementOrder/containers:[{name:a},{name:n},{name:b}],containers:[{name:n}]} | {containers:[{name:a},{name:n},{name:s},{name:b}]}",
            "{containers:[{name:a},{name:b}]} | {$setElementOrder/containers:[{name:b}],containers:[{name:a,$patch:delete}]} | {containers:[{name:b}]}",
            "{} | {$setElementOrder/containers:[{name:b},{name:a}],containers:[{name:b},{name:a}]} | {containers:[{name:b},{name:a}]}",
            "{} | {$setElementOrder/containers:[{name:b}]} | {}",
            // retainKeys
            "{volumes:[{name:v,emptyDir:{}}]} | {volumes:[{name:v,$retainKeys:[name,hostPath],hostPath:{path:/x}}]} | {volumes:[{name:v,hostPath:{path:/x}}]}",
            "{volumes:[{name:v,emptyDir:{}}]} | {volumes:[{name:v,$retainKeys:[name]}]} | {volumes:[{name:v}]}",
            // a type that changes is taken as it is
            "{hostname:h} | {hostname:[{a:null,b:c}]} | {hostname:[{b:c}]}"})
    void merges(String spec, String patch, String result) {
        ObjectNode before = json(spec);
        ObjectNode change = json(patch);
        assertThat(StrategicMergePatch.apply(before, change, POD_SPEC)).isEqualTo(json(result));
        assertThat(before).isEqualTo(json(spec));
        assertThat(change).isEqualTo(json(patch));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // object meta | patch | result
            "{finalizers:[a,b]} | {finalizers:[c]} | {finalizers:[c,a,b]}",
            "{finalizers:[a,b]} | {finalizers:[b,a]} | {finalizers:[b,a]}",
            "{finalizers:[a,b]} | {$deleteFromPrimitiveList/finalizers:[a,z]} | {finalizers:[b]}",
            "{} | {$deleteFromPrimitiveList/finalizers:[a]} | {}",
            "{finalizers:[a,b]} | {$setElementOrder/finalizers:[b,c,a],finalizers:[c]} | {finalizers:[b,c,a]}",
            "{finalizers:[a,b]} | {$setElementOrder/finalizers:[c,b],finalizers:[c],$deleteFromPrimitiveList/finalizers:[a]} | {finalizers:[c,b]}",
            "{finalizers:[a]} | {finalizers:null} | {}",
            "{ownerReferences:[{uid:u,name:a}]} | {ownerReferences:[{uid:u,name:b}]} | {ownerReferences:[{uid:u,name:b}]}",
            "{ownerReferences:[{uid:u,name:a}]} | {ownerReferences:[{uid:v,name:b}]} | {ownerReferences:[{uid:v,name:b},{uid:u,name:a}]}"})
    void mergesValuesAndOwners(String meta, String patch, String result) {
        assertThat(StrategicMergePatch.apply(json(meta), json(patch), META)).isEqualTo(json(result));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // patch | code | words, applied to a pod spec with one of each
            "{nodeSelector:{$patch:nope}} | 400 | unknown patch type: nope",
            "{nodeSelector:{$patch:merge}} | 400 | unknown patch type: merge",
            "{containers:[{name:a,$patch:merge}]} | 400 | merging lists cannot yet be specified",
            "{containers:[{name:a,$patch:nope}]} | 400 | unknown patch type: nope",
            "{containers:[{image:x}]} | 400 | does not contain declared merge key: name",
            "{containers:[{$patch:delete}]} | 400 | does not contain declared merge key: name",
            "{containers:[x]} | 400 | list element types are not identical",
            "{containers:[[x]]} | 400 | list element types are not identical",
            "{volumes:[[x]]} | 422 | lists of lists are not supported",
            "{$retainKeys:x} | 400 | invalid patch format of retainKeys",
            "{$retainKeys:[hostname],nodeName:n} | 400 | invalid patch format of retainKeys",
            "{$setElementOrder:[x]} | 400 | invalid patch format of setElementOrder list",
            "{$setElementOrder/containers:x} | 400 | expected a list",
            "{$setElementOrder/containers:[{name:b}],containers:[{name:a,image:x}]} | 400 | The order in patch list doesn't match",
            "{$setElementOrder/containers:[{image:b}],containers:[{name:a,image:x}]} | 400 | does not contain declared merge key",
            "{$setElementOrder/nope:[x]} | 400 | unable to find api field in struct",
            "{$deleteFromPrimitiveList:[x]} | 400 | invalid patch format of primitive list"})
    void refuses(String patch, int code, String words) {
        ObjectNode spec = json("{nodeSelector:{a:b},containers:[{name:a}],hostname:h,volumes:[]}");
        assertThatThrownBy(() -> StrategicMergePatch.apply(spec, json(patch), POD_SPEC))
                .isInstanceOfSatisfying(StatusException.class, failure -> {
                    assertThat(failure.status().code()).isEqualTo(code);
                    assertThat(failure.status().message()).contains(words);
                });
    }

    @Test
    void aLongListMergesInReasonableTime() {
        StringBuilder before = new StringBuilder("{finalizers:[");
        StringBuilder patch = new StringBuilder("{finalizers:[");
        for (int i = 0; i < 100_000; i++) {
            before.append(i == 0 ? "" : ",").append('f').append(i);
            patch.append(i == 0 ? "" : ",").append('f').append(200_000 - i);
        }
        ObjectNode merged = StrategicMergePatch.apply(json(before + "]}"), json(patch + "]}"), META);
        assertThat(merged.get("finalizers").size()).isEqualTo(200_000);
    }

    /** Bare words become strings: {@code {a:b}} is {@code {"a":"b"}}. */
    private static ObjectNode json(String text) {
        String quoted = text.replaceAll("(?<=[\\[{,:])(?!null\\b|\\d+[,}\\]])([$/A-Za-z][$/A-Za-z0-9]*)", "\"$1\"");
        return (ObjectNode) JsonMapper.shared().readTree(quoted);
    }
}
