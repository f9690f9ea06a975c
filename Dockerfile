# SPDX-License-Identifier: MIT
#
# The original's test server on this library, for people who want to see it run:
#
#   docker build -t libwebsockets-go .
#   docker run --rm -p 7681:7681 libwebsockets-go       # http://127.0.0.1:7681
#
# DEBIAN=bookworm builds so.17 and the server of 4.1.6, otherwise so.19 and that of 4.3.5.
ARG DEBIAN=trixie

FROM debian:${DEBIAN}-slim AS build
WORKDIR /src
COPY . .
RUN tools/deps -r
RUN make install install-test-server ABI="$(tools/default-abi)" DESTDIR=/out PREFIX=/usr/local

FROM debian:${DEBIAN}-slim
RUN apt-get update && apt-get install -y --no-install-recommends libssl3 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --no-create-home --shell /usr/sbin/nologin lws
COPY --from=build /out/ /
USER lws
EXPOSE 7681
HEALTHCHECK CMD bash -c 'exec 3<>/dev/tcp/127.0.0.1/7681 && printf "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&3 && read -r line <&3 && [[ $line = "HTTP/1.1 200 "* ]]'
CMD ["libwebsockets-test-server", "-p", "7681"]
