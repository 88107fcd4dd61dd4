package io.myriad.apiserver;

import org.springframework.boot.SpringBootConfiguration;

/** Wires the server, and the health and metrics of its management port. */
@SpringBootConfiguration(proxyBeanMethods = false)
class ApiserverConfiguration {}
