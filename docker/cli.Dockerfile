# The myriad command, for the steps before and after the services: certificates, access.
#
# Build from the root of the repository, after ./mvnw package:
#
#   docker build -f docker/cli.Dockerfile -t myriad/cli .
#
# The base image needs a Java 25 runtime on its PATH; any will do where nothing can be pulled.
ARG BASE_IMAGE=eclipse-temurin:25-jre
FROM ${BASE_IMAGE}

COPY cli/target/cli-*-standalone.jar /opt/myriad/cli.jar
RUN mkdir -p /pki && chown 10001:10001 /pki

USER 10001:10001
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-jar", "/opt/myriad/cli.jar"]
