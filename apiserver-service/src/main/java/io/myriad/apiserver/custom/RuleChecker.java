package io.myriad.apiserver.custom;

import java.util.List;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Structural;

/** Compiles the rules of a schema to see whether they can be compiled. */
public interface RuleChecker {
    /**
     * What is wrong with the rules in a schema and below.
     *
     * @param schema the schema of a version, as that of a whole API object
     * @param path where it stands
     */
    List<FieldError> check(Structural schema, String path);
}
