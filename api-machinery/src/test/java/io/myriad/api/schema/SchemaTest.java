package io.myriad.api.schema;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaTest {
    private final Schema schema = Schema.builtin();

    @Test
    void everyResourceHasATypeThatKnowsItsKind() {
        assertThat(schema.resources()).hasSize(100)
                .allSatisfy(resource -> assertThat(schema.kind(resource.kind())).isSameAs(resource.type()));
    }

    @Test
    void containerPortsMergeByPortInPatchesAndByPortAndProtocolInApply() {
        ObjectType container = schema.type("io.k8s.api.core.v1.Container");
        Field ports = container.field("ports");
        assertThat(ports.patchMergeKey()).isEqualTo("containerPort");
        assertThat(ports.wire().number()).isEqualTo(6);
        assertThat(((Shape.ListOf) ports.shape()).mapKeys()).isEqualTo(List.of("containerPort", "protocol"));
    }

    @Test
    void aFieldMayBeMergedWhoseTypeIsReplacedElsewhere() {
        Field claim = schema.type("io.k8s.api.core.v1.PersistentVolumeSpec").field("claimRef");
        ObjectType merged = ((Shape.Structure) claim.shape()).type();
        assertThat(merged.atomic()).isFalse();
        ObjectType replaced = schema.type("io.k8s.api.core.v1.ObjectReference");
        assertThat(replaced.atomic()).isTrue();
        assertThat(merged.fields()).containsExactlyElementsOf(replaced.fields());
    }

    @Test
    void inlinedFieldsKnowTheWayToTheirMessage() {
        Field name = schema.type("io.k8s.api.core.v1.ConfigMapKeySelector").field("name");
        assertThat(name.wire().via()).containsExactly(1);
        assertThat(name.wire().number()).isEqualTo(1);
    }

    @Test
    void subresourcesMayLiveInAnotherGroup() {
        Resource deployments = schema.resource(new GroupVersionResource("apps", "v1", "deployments"));
        assertThat(deployments.subresources()).anySatisfy(
                sub -> assertThat(sub.kind()).isEqualTo(new GroupVersionKind("autoscaling", "v1", "Scale")));
    }
}
