package io.myriad.store.value;

/** What other tests use in place of a server keeps the contract too. */
final class InMemoryValuesTest extends ExternalValuesContract {

    @Override
    ExternalValues create() {
        return new InMemoryValues();
    }
}
