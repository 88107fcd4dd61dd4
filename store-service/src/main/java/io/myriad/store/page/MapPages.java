package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The page map in the file: its chunks in a page each, and an index of where they lie in a run. Chunks that changed are written to new pages, as all that changes is.
 *
 * <p>Saving the map takes and gives up pages, which changes the map. It ends because a chunk is given a page once: what changes after that only changes bits that are written later. So all
 * pages are taken before the first is written.
 */
final class MapPages {

    /** Entries of the index beyond those that are needed when its run is taken: taking the last pages may begin one more chunk. */
    private static final int SPARE_CHUNKS = 2;

    private final Pages pages;
    private final List<Extent> chunks = new ArrayList<>();
    private Extent index = Extent.NONE;

    MapPages(Pages pages) {
        this.pages = pages;
    }

    /** Reads the map of a state. */
    PageMap load(MetaPage meta) throws IOException {
        PageMap map = new PageMap();
        map.resize(meta.pages());
        index = meta.mapIndex();
        if (index.isNone()) {
            map.use(0, MetaPage.PAGES);
            return map;
        }
        ByteBuffer content = pages.read(index);
        RunKind.MAP_INDEX.expect(content, index.page(), pages);
        if (content.getInt(4) != map.chunks()) {
            throw pages.damaged(index.page(), content.getInt(4) + " chunks for " + meta.pages() + " pages");
        }
        for (int chunk = 0; chunk < map.chunks(); chunk++) {
            Extent extent = Extent.decode(content, RunKind.HEADER_BYTES + chunk * Extent.ENCODED_BYTES);
            chunks.add(extent);
            ByteBuffer bits = pages.read(extent);
            RunKind.MAP_CHUNK.expect(bits, extent.page(), pages);
            map.load(chunk, bits.position(RunKind.HEADER_BYTES));
        }
        return map;
    }

    /** Where a chunk lies; none if it was not saved yet. */
    Extent chunk(int chunk) {
        return chunk < chunks.size() ? chunks.get(chunk) : Extent.NONE;
    }

    Extent index() {
        return index;
    }

    /** Pages that saving takes now. */
    int pagesToSave(PageMap map) {
        return map.changed().cardinality() + indexPages(map);
    }

    private static int indexBytes(int entries) {
        return RunKind.HEADER_BYTES + entries * Extent.ENCODED_BYTES;
    }

    private static int indexPages(PageMap map) {
        return Extent.pagesFor(indexBytes(map.chunks() + SPARE_CHUNKS));
    }

    /** Writes what changed; returns where the index lies. After that the map must not change until the state is in the file. */
    Extent save(PageSpace space) throws IOException {
        PageMap map = space.map();
        while (chunks.size() > map.chunks()) {
            giveUp(space, chunks.removeLast());
        }
        giveUp(space, index);
        int indexEntries = map.chunks() + SPARE_CHUNKS;
        int indexPage = space.take(Extent.pagesFor(indexBytes(indexEntries)));
        BitSet placed = new BitSet();
        for (int chunk; (chunk = firstNotIn(placed, map.changed())) >= 0;) {
            while (chunks.size() <= chunk) {
                chunks.add(Extent.NONE);
            }
            giveUp(space, chunks.get(chunk));
            chunks.set(chunk, new Extent(space.take(1), 0, 0, false));
            placed.set(chunk);
        }
        for (int chunk = placed.nextSetBit(0); chunk >= 0; chunk = placed.nextSetBit(chunk + 1)) {
            chunks.set(chunk, writeChunk(map, chunk, chunks.get(chunk).page()));
        }
        map.changed().clear();
        index = writeIndex(indexPage, indexEntries);
        return index;
    }

    private static int firstNotIn(BitSet placed, BitSet changed) {
        int chunk = changed.nextSetBit(0);
        while (chunk >= 0 && placed.get(chunk)) {
            chunk = changed.nextSetBit(chunk + 1);
        }
        return chunk;
    }

    private static void giveUp(PageSpace space, Extent extent) {
        if (!extent.isNone()) {
            space.giveUp(extent.page(), extent.pages());
        }
    }

    private Extent writeChunk(PageMap map, int chunk, int page) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(RunKind.HEADER_BYTES + PageMap.CHUNK_BYTES);
        content.put(RunKind.MAP_CHUNK.code()).position(4).putInt(chunk);
        map.save(chunk, content);
        return pages.write(page, content.flip(), false);
    }

    private Extent writeIndex(int page, int entries) throws IOException {
        if (chunks.size() > entries) {
            throw new IllegalStateException(chunks.size() + " chunks in an index for " + entries);
        }
        ByteBuffer content = ByteBuffer.allocate(indexBytes(entries));
        content.put(RunKind.MAP_INDEX.code()).position(4).putInt(chunks.size());
        chunks.forEach(chunk -> chunk.encode(content));
        return pages.write(page, content.clear(), false);
    }
}
