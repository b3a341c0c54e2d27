# syntax=docker/dockerfile:1

# Build with Maven and a JDK 17, run on a JRE 25.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY .mvn .mvn
COPY pom.xml ./
COPY proxy proxy
COPY benchmarks/pom.xml benchmarks/pom.xml
RUN --mount=type=cache,target=/root/.m2 \
    mvn -q -B -ntp -DskipTests -Dspotless.check.skip=true -Dpackages.skip=true -pl proxy package \
    && cp proxy/target/heatsink-proxy-*-all.jar /heatsink.jar

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Heatsink" \
      org.opencontainers.image.description="A Redis-protocol sidecar that absorbs hot keys"
RUN groupadd --system --gid 10001 heatsink \
    && useradd --system --uid 10001 --gid heatsink --home-dir /opt/heatsink heatsink
WORKDIR /opt/heatsink
COPY --from=build /heatsink.jar heatsink.jar
COPY config config
# An AOT cache of what a start and the first commands use, made by the JVM that will read it: a run
# that serves a stand-in of Redis for some seconds. With other flags or classes it is passed over.
RUN java @config/jvm.options @config/jvm-24.options -XX:AOTCacheOutput=heatsink.aot \
      -Xlog:aot*=off -Xlog:cds*=off -jar heatsink.jar train \
    && test -s heatsink.aot
USER 10001:10001

# Loopback is shared by the containers of a pod. Elsewhere "*:6380" and "*:9180" want to be told who
# may connect: docs/security.md.
ENV HEATSINK_LISTEN="127.0.0.1:6380" \
    HEATSINK_ADMIN="127.0.0.1:9180" \
    HEATSINK_JAVA_OPTS=""
EXPOSE 6380 9180

# The shell has the pages' port from HEATSINK_ADMIN; with "off" the check has nothing to ask.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["bash", "-c", "[ \"$HEATSINK_ADMIN\" = off ] || { exec 3<>/dev/tcp/127.0.0.1/${HEATSINK_ADMIN##*:} && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]; }"]

# `exec` makes the JVM process 1, so that SIGTERM reaches it: clients are seen off, exit code 0.
STOPSIGNAL SIGTERM
ENTRYPOINT ["bash", "-c", "exec java @config/jvm.options @config/jvm-24.options -XX:AOTCache=heatsink.aot -Xlog:aot*=off -Xlog:cds*=off $HEATSINK_JAVA_OPTS -jar heatsink.jar \"$@\"", "heatsink"]
CMD ["serve"]
