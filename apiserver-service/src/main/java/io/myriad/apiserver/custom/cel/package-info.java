/**
 * The rules in schemas, {@code x-kubernetes-validations}, in the Common Expression Language: types from schemas, values
 * from objects, Kubernetes' functions, and bounds on what a rule may cost. Nothing of the language's library is loaded
 * before the first rule is compiled.
 */
@NullMarked
package io.myriad.apiserver.custom.cel;

import org.jspecify.annotations.NullMarked;
