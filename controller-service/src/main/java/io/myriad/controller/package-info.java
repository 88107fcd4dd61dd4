/**
 * The controllers' process: flags, wiring, leader election, health. One package per controller below.
 */
@NullMarked
package io.myriad.controller;

import org.jspecify.annotations.NullMarked;
