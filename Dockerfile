# One image for all services: the command says which. docker/build makes it.
ARG JAVA_IMAGE=eclipse-temurin:25-jre
FROM ${JAVA_IMAGE}

# The fast JPEG decoder; without it the slower one that Millrace brings decodes.
RUN ldconfig -p | grep -q libturbojpeg.so \
  || (apt-get update && (apt-get install -y --no-install-recommends libturbojpeg0 \
    || apt-get install -y --no-install-recommends libturbojpeg) && rm -rf /var/lib/apt/lists/*) \
  || echo "libturbojpeg is not to be had: decoding will be slower"

RUN useradd --system --uid 1717 --home-dir /var/lib/millrace --create-home millrace
COPY lib /opt/millrace/lib
COPY bin /opt/millrace/bin
COPY app /opt/millrace/app
USER millrace
WORKDIR /var/lib/millrace
ENV TF_CPP_MIN_LOG_LEVEL=2
ENTRYPOINT ["/opt/millrace/bin/millrace"]
CMD ["--help"]
