/**
 * Fills aggregated ClusterRoles, such as admin, edit and view, with the rules of the roles they select.
 */
@NullMarked
package io.myriad.controller.clusterrole;

import org.jspecify.annotations.NullMarked;
