package io.myriad.store;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Bean;

/** Wires the store. */
@SpringBootConfiguration(proxyBeanMethods = false)
class StoreConfiguration {

    @Bean
    StoreService storeService(StoreOptions options) {
        return new StoreService(options);
    }
}
