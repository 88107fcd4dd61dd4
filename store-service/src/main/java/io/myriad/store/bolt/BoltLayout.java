package io.myriad.store.bolt;

/** Offsets, sizes and flags of pages. All numbers in a file are little-endian: bbolt writes its structures as they lie in memory. */
final class BoltLayout {

    /** What is written; bbolt takes the page size of its machine and reads any. */
    static final int PAGE_BYTES = 4096;

    /** Page: id 8, flags 2, number of elements 2, number of pages that follow it and belong to it 4. */
    static final int PAGE_HEADER_BYTES = 16;
    static final int PAGE_FLAGS_OFFSET = 8;
    static final int PAGE_COUNT_OFFSET = 10;
    static final int PAGE_OVERFLOW_OFFSET = 12;

    static final int BRANCH = 1;
    static final int LEAF = 2;
    static final int META = 4;

    /** Branch: offset of the key from here 4, its length 4, page 8. Leaf: flags 4, offset of the key from here 4, its length 4, length of the value behind it 4. */
    static final int ELEMENT_BYTES = 16;
    /** The flag of a leaf's element whose value is a bucket. */
    static final int BUCKET = 1;

    /** Bucket: root page 8, sequence 8; a bucket whose root is 0 has its only page behind that. */
    static final int BUCKET_HEADER_BYTES = 16;

    /** Elements that a page can count. */
    static final int MAX_COUNT = 0xFFFF;

    private BoltLayout() {}
}
