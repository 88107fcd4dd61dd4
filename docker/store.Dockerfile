# The store: etcd's API.
#
# Build from the root of the repository, after ./mvnw package:
#
#   docker build -f docker/store.Dockerfile -t myriad/store .
#
# The base image needs a Java 25 runtime on its PATH and a bash; any will do where nothing can be pulled.
ARG BASE_IMAGE=eclipse-temurin:25-jre
FROM ${BASE_IMAGE}

# The same for every service, so that their images share this layer.
COPY all-in-one/target/lib/ all-in-one/target/all-in-one-*.jar /opt/myriad/lib/
COPY docker/bin/ /usr/local/bin/
RUN mkdir -p /var/lib/myriad && chown 10001:10001 /var/lib/myriad

USER 10001:10001
EXPOSE 2379 2380 2381
ENTRYPOINT ["myriad-service", "io.myriad.store.StoreApplication"]
