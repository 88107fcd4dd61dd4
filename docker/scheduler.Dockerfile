# The scheduler.
#
# Build from the root of the repository, after ./mvnw package:
#
#   docker build -f docker/scheduler.Dockerfile -t myriad/scheduler .
#
# The base image needs a Java 25 runtime on its PATH and a bash; any will do where nothing can be pulled.
ARG BASE_IMAGE=eclipse-temurin:25-jre
FROM ${BASE_IMAGE}

# The same for every service, so that their images share this layer.
COPY all-in-one/target/lib/ all-in-one/target/all-in-one-*.jar /opt/myriad/lib/
COPY docker/bin/ /usr/local/bin/
# Used in a pod only: which replica has the role is told to the cluster around.
COPY cluster-roles/target/lib/ cluster-roles/target/cluster-roles-*.jar /opt/myriad/roles/

USER 10001:10001
EXPOSE 10259
ENTRYPOINT ["myriad-service", "io.myriad.scheduler.SchedulerApplication"]
