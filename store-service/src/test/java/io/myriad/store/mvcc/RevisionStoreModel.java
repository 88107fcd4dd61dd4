package io.myriad.store.mvcc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/** A multi-version store as simple as it can be: a list of all versions, searched from end to end. What the real one is compared with. */
final class RevisionStoreModel {

    /** A version as the model has it; {@code version} 0 is a tombstone. */
    record Row(String key, String value, long create, long mod, int sub, long version, long lease) {}

    final List<Row> rows = new ArrayList<>();
    long revision = MvccStore.FIRST_REVISION;
    long compacted;

    @Nullable
    Row get(String key, long at) {
        Row newest = null;
        for (Row row : rows) {
            if (row.key.equals(key) && row.mod <= at) {
                newest = row;
            }
        }
        return newest == null || newest.version == 0 ? null : newest;
    }

    void put(String key, String value, long lease, long next, int sub) {
        Row before = get(key, next);
        rows.add(new Row(key, value, before == null ? next : before.create, next, sub,
                before == null ? 1 : before.version + 1, lease));
    }

    List<String> delete(KeyRange range, long next, int firstSub) {
        List<String> keys = range(range, next).stream().map(Row::key).toList();
        int sub = firstSub;
        for (String key : keys) {
            rows.add(new Row(key, "", 0, next, sub++, 0, 0));
        }
        return keys;
    }

    List<Row> range(KeyRange range, long at) {
        Map<String, Row> newest = new TreeMap<>();
        for (Row row : rows) {
            if (row.mod <= at && range.contains(row.key.getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
                newest.put(row.key, row);
            }
        }
        return newest.values().stream().filter(row -> row.version > 0).toList();
    }

    List<Row> query(RangeQuery query) {
        long at = query.revision() == 0 ? revision : query.revision();
        Comparator<Row> order = switch (query.target()) {
            case KEY -> Comparator.comparing(Row::key);
            case VERSION -> Comparator.comparing(Row::version);
            case CREATE -> Comparator.comparing(Row::create);
            case MOD -> Comparator.comparing(Row::mod);
            case VALUE -> Comparator.comparing(Row::value);
        };
        if (query.order() == RangeQuery.Order.DESCEND) {
            order = order.reversed();
        }
        return range(query.keys(), at).stream()
                .filter(row -> query.minModRevision() == 0 || row.mod >= query.minModRevision())
                .filter(row -> query.maxModRevision() == 0 || row.mod <= query.maxModRevision())
                .filter(row -> query.minCreateRevision() == 0 || row.create >= query.minCreateRevision())
                .filter(row -> query.maxCreateRevision() == 0 || row.create <= query.maxCreateRevision()).sorted(order)
                .toList();
    }
}
