/**
 * Who may import whom: a room may import the rooms below it, never back (ARCHITECTURE.md).
 * @type {import('dependency-cruiser').IConfiguration}
 */
const ROOMS = [
  // From the top of the house to the bottom. Rooms of one line do not know each other.
  ['commandLine'],
  ['gateway', 'printSchema', 'printConfiguration'],
  ['gatewayEvents', 'gatewayFiles', 'gatewayRates'],
  ['gatewayTelemetry'],
  ['server'],
  ['graphql', 'webhooks'],
  ['entities', 'events', 'access'],
  ['dataspike'],
  ['telemetry'],
];

const pathOf = (room) => `^src/${room}(/|\\.ts$)`;
const noWayUp = ROOMS.flatMap(
  (rooms, floor) =>
    rooms.map((room) => ({
      name: `no-way-up-from-${room}`,
      comment: 'Imports go down the house, so that every room can be understood with those below it alone.',
      severity: 'error',
      from: { path: pathOf(room) },
      to: { path: [...ROOMS.slice(0, floor).flat(), ...rooms.filter((other) => other !== room)].map(pathOf) },
    })),
  // Above the top there is nothing, and a rule without a path forbids everything.
).filter(({ to }) => to.path.length > 0);

module.exports = {
  forbidden: [
    ...noWayUp,
    {
      name: 'no-circle',
      comment: 'Files that need each other are one file, or have a third idea between them.',
      severity: 'error',
      from: { pathNot: 'node_modules' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-dataspike-knows-axios',
      comment: 'Its errors hold the key; see src/dataspike/errors.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/dataspike/' },
      to: { path: 'node_modules/axios/' },
    },
    {
      name: 'only-telemetry-knows-its-libraries',
      comment: 'Each metric has one place, and what is not wanted is not loaded; see src/telemetry/loadTracing.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/telemetry/' },
      to: { path: 'node_modules/(prom-client|@opentelemetry)/' },
    },
    {
      name: 'config-and-logger-are-handed-in',
      comment: 'Rooms get what they need as arguments; only their types may be imported.',
      severity: 'error',
      from: { path: '^src/(server|graphql|webhooks|events|entities|access|dataspike|telemetry)/' },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-simulator-is-an-independent-witness',
      comment: 'It shares no code with what it tests, and nothing but a command starts it.',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^src/', pathNot: '^src/simulator/' },
    },
    {
      name: 'nobody-starts-the-simulator-but-a-command',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(simulator|commandLine)/' },
      to: { path: '^src/simulator/' },
    },
    {
      name: 'the-product-needs-no-test-code',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/', dependencyTypesNot: [] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
