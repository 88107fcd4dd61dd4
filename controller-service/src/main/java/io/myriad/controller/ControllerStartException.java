package io.myriad.controller;

/** The controllers cannot start; the message tells the user why and fits one line. */
public final class ControllerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ControllerStartException(String message) {
        super(message, null, false, false);
    }
}
