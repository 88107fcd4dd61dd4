package io.myriad.store.bolt;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A leaf or branch page that is being filled with elements in the order of their keys. */
final class BoltPage {

    private final int flags;
    private List<Element> elements = new ArrayList<>();
    private int bytes = BoltLayout.PAGE_HEADER_BYTES;

    /**
     * What a page holds.
     *
     * @param number a leaf's flags, a branch's page
     * @param value empty in a branch
     */
    record Element(long number, byte[] key, byte[] value) {
        int bytes() {
            return BoltLayout.ELEMENT_BYTES + key.length + value.length;
        }
    }

    /** @param flags {@link BoltLayout#LEAF} or {@link BoltLayout#BRANCH} */
    BoltPage(int flags) {
        this.flags = flags;
    }

    int count() {
        return elements.size();
    }

    int bytes() {
        return bytes;
    }

    byte[] firstKey() {
        return elements.getFirst().key;
    }

    /** Whether another element still fits one page of the file. */
    boolean hasRoomFor(Element element) {
        return bytes + element.bytes() <= BoltLayout.PAGE_BYTES && elements.size() < BoltLayout.MAX_COUNT;
    }

    void add(Element element) {
        bytes = Math.addExact(bytes, element.bytes());
        elements.add(element);
    }

    /** Takes the last elements away into a page of their own. */
    BoltPage split(int last) {
        BoltPage rest = new BoltPage(flags);
        List<Element> moved = elements.subList(elements.size() - last, elements.size());
        for (Element element : moved) {
            rest.add(element);
            bytes -= element.bytes();
        }
        moved.clear();
        return rest;
    }

    void encode(ByteBuffer page, long id, int overflow) {
        page.putLong(id).putShort((short) flags).putShort((short) elements.size()).putInt(overflow);
        int at = BoltLayout.PAGE_HEADER_BYTES + elements.size() * BoltLayout.ELEMENT_BYTES;
        for (Element element : elements) {
            int key = at - page.position();
            if (flags == BoltLayout.LEAF) {
                page.putInt((int) element.number).putInt(key).putInt(element.key.length).putInt(element.value.length);
            } else {
                page.putInt(key).putInt(element.key.length).putLong(element.number);
            }
            page.put(at, element.key).put(at + element.key.length, element.value);
            at += element.key.length + element.value.length;
        }
    }
}
