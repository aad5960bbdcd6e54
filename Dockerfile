# Two stages: the client is built with every dependency, the image that runs has only what serving needs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY push/package.json push/
COPY sync-server/package.json sync-server/
COPY client/package.json client/
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY push/package.json push/
COPY sync-server/package.json sync-server/
COPY client/package.json client/
RUN npm ci --omit=dev --workspace sync-server
COPY protocol/src protocol/src
COPY push/src push/src
COPY sync-server/src sync-server/src
COPY --from=build /app/client/dist client/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "sync-server/src/main.ts"]
