package io.myriad.allinone;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is to run: the content of the file that {@code --arguments} names.
 *
 * <pre>
 * generation 3
 * [store]
 * --name=store
 * [apiserver restart 3]
 * --secure-port=6443
 * </pre>
 *
 * @param generation counts the versions of the file; written back when this one runs
 * @param sections the services, in the file's order; one whose section has changed is started anew
 */
record Arguments(int generation, Map<String, Section> sections) {
    private static final Pattern GENERATION = Pattern.compile("generation (\\d{1,9})");
    private static final Pattern HEADER = Pattern.compile("\\[([a-z-]+)(?: restart (\\d{1,9}))?]");

    /**
     * One service's part.
     *
     * @param restart a number whose change asks for a restart
     * @param flags the service's flags
     */
    record Section(int restart, List<String> flags) {}

    /**
     * Reads the file's content.
     *
     * @throws ServiceStartException naming the line that it does not understand
     */
    static Arguments parse(String text) throws ServiceStartException {
        int generation = 0;
        Map<String, Section> sections = new LinkedHashMap<>();
        List<String> flags = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n")) {
            number++;
            Matcher first = GENERATION.matcher(line);
            Matcher header = HEADER.matcher(line);
            if (number == 1 && first.matches()) {
                generation = Integer.parseInt(first.group(1));
            } else if (number > 1 && header.matches()) {
                flags = new ArrayList<>();
                int restart = header.group(2) == null ? 0 : Integer.parseInt(header.group(2));
                if (sections.put(header.group(1), new Section(restart, flags)) != null) {
                    throw new ServiceStartException(
                            "arguments, line " + number + ": section " + line + " is there twice");
                }
            } else if (line.startsWith("--") && !sections.isEmpty()) {
                flags.add(line);
            } else if (!line.isBlank()) {
                throw new ServiceStartException("arguments, line " + number + ": expected "
                        + (number == 1 ? "'generation N'" : "'[service]' or '--flag'") + ", not '" + line + "'");
            }
        }
        return new Arguments(generation, sections);
    }
}
