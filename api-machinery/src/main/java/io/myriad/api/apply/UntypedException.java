package io.myriad.api.apply;

/** A value does not fit its type so that nobody can own it. Carries no stack trace: it becomes an answer. */
final class UntypedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String problem;

    UntypedException(String path, String problem) {
        super(path.isEmpty() ? problem : path + ": " + problem, null, false, false);
        this.path = path;
        this.problem = problem;
    }

    /** The same problem, seen from one step further up. */
    UntypedException below(PathElement element) {
        return new UntypedException(element.text() + path, problem);
    }
}
