# The program alone: no shell, no root, and it writes only to /data.
FROM node:22-slim AS explorer
WORKDIR /web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web .
RUN npm run check && npm run build

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=explorer /web/dist/build web/dist/build
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /caspian ./cmd/caspian \
 && mkdir /empty

FROM scratch
COPY --from=build /caspian /caspian
COPY --from=build --chown=65532:65532 /empty /data
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/caspian", "health"]
ENTRYPOINT ["/caspian"]
CMD ["serve", "--store", "/data", "--listen", "0.0.0.0:8080"]
