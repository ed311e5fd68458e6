# One image for all services: the command says which. docker/build makes it.
ARG JAVA_IMAGE=eclipse-temurin:25-jre
FROM ${JAVA_IMAGE}
ARG JAVA_IMAGE

# Millrace's own decoder needs the Vector API.
RUN java --list-modules | grep -q jdk.incubator.vector \
  || (echo "${JAVA_IMAGE} has no module jdk.incubator.vector: set JAVA_IMAGE to one with a whole JDK 25" \
    && exit 1)

# Decodes progressive JPEGs; without it leptonica does, which Millrace brings and which is slower.
RUN ldconfig -p | grep -q libturbojpeg.so \
  || (apt-get update && (apt-get install -y --no-install-recommends libturbojpeg0 \
    || apt-get install -y --no-install-recommends libturbojpeg) && rm -rf /var/lib/apt/lists/*) \
  || echo "libturbojpeg is not to be had: progressive JPEGs will take longer"

RUN useradd --system --uid 1717 --home-dir /var/lib/millrace --create-home millrace \
  && install --directory --owner=millrace --mode=700 /var/lib/millrace/token
COPY lib /opt/millrace/lib
COPY bin /opt/millrace/bin
COPY app /opt/millrace/app
USER millrace
WORKDIR /var/lib/millrace
ENV TF_CPP_MIN_LOG_LEVEL=2 TF_ENABLE_ONEDNN_OPTS=1
ENTRYPOINT ["/opt/millrace/bin/millrace"]
CMD ["--help"]
