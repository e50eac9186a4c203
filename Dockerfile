# The gateway as an image: no root, nothing written, no package manager needed at run time.
# Build: docker build --tag dataspike-graphql .

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY examples/dashboard/package.json examples/dashboard/
RUN npm ci --workspaces=false --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/clearBuild.mjs scripts/
COPY src src
RUN npm run build

FROM node:20-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
COPY examples/dashboard/package.json examples/dashboard/
RUN npm ci --workspaces=false --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
# As a number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which would keep the signal to itself.
CMD ["node", "dist/commandLine.js", "start"]
