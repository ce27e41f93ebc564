// Which layer may import which. Each rule says why, and what to do instead. The order of layers, from
// the ground up, is drawn in ARCHITECTURE.md. Tests are held to the harness by .oxlintrc.json: the
// parser here does not know `using`.

/** Layers and what each may import besides itself. */
const layers = {
  base: [],
  domain: ['base'],
  policies: ['domain', 'base'],
  ports: ['domain', 'base'],
  protocol: ['base'],
  observability: ['base'],
  services: ['ports', 'policies', 'domain', 'base', 'observability', 'protocol/generated'],
  operations: [
    'services',
    'ports',
    'policies',
    'domain',
    'base',
    'observability',
    'protocol/generated',
  ],
  outbound: ['services', 'ports', 'policies', 'domain', 'base', 'observability'],
  integrations: ['ports', 'domain', 'base', 'observability'],
  jobs: ['services', 'ports', 'domain', 'base', 'observability'],
  storage: ['ports', 'domain', 'base', 'observability'],
  bus: ['ports', 'domain', 'base', 'observability'],
  openid: ['ports', 'domain', 'base', 'observability'],
  gateway: [
    'services',
    'ports',
    'policies',
    'domain',
    'base',
    'observability',
    'protocol/sigv4',
    'protocol/generated',
  ],
  http: [
    'protocol',
    'operations/registry',
    'operations/operation-entry',
    'operations/define-operation',
    'services',
    'policies',
    'ports',
    'domain',
    'base',
    'observability',
  ],
  config: ['domain', 'base'],
  // Clients of the server, like any other: they share no more with it than what is on the wire.
  'operator-client': ['protocol/sigv4', 'domain', 'base'],
  terminal: [],
  top: ['operator-client', 'terminal', 'domain', 'base'],
  'outbox-command': ['operator-client', 'terminal', 'domain', 'base'],
}

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment:
    `src/${layer} may import only ${[layer, ...allowed].join(', ')}: data flows one way. Lift what ` +
    'is shared to a lower layer, or let src/composition hand it in.',
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^src/',
    pathNot: [`^src/${layer}/`, ...allowed.map((other) => `^src/${other}(/|\\.ts$)`)],
  },
}))

/** The one folder that may know each library. */
const homes = [
  { library: 'ws', home: '^src/gateway/' },
  { library: 'kysely', home: '^src/storage/' },
  { library: 'pino', home: '^src/observability/' },
  { library: 'pino-pretty', home: '^src/observability/' },
  { library: 'prom-client', home: '^src/observability/' },
  { library: 'commander', home: '^src/(config/|main\\.ts)' },
  { library: '@peculiar/x509', home: '^src/config/' },
  { library: 'pg', home: '^src/storage/postgres/' },
  { library: 'jose', home: '^src/(openid|integrations)/' },
  { library: 'zod', home: '^src/config/' },
  { library: '@aws-sdk/client-lambda', home: '^src/integrations/' },
  { library: '@aws-sdk/client-kinesis', home: '^src/integrations/' },
  { library: '@aws-sdk/client-lex-runtime-v2', home: '^src/integrations/' },
  { library: '@smithy/node-http-handler', home: '^src/integrations/' },
  { library: '@nats-io/transport-node', home: '^src/integrations/' },
  { library: '@nats-io/jetstream', home: '^src/integrations/' },
  { library: '@parse/node-apn', home: '^src/integrations/' },
]

const homeRules = homes.map(({ library, home }) => ({
  name: `home-of-${library}`,
  comment: `${library} is known in one place, so that it can be replaced in one place.`,
  severity: 'error',
  from: { path: '^src/', pathNot: [home, '\\.test\\.ts$'] },
  to: { path: `^node_modules/${library}/`, dependencyTypesNot: ['npm-dev'] },
}))

export default {
  forbidden: [
    ...layerRules,
    ...homeRules,
    {
      name: 'no-circles',
      comment: 'Files that import each other cannot be read or changed one at a time. Split them.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'operations-apart',
      comment: 'An operation is read on its own. Share through services or domain.',
      severity: 'error',
      from: {
        path: '^src/operations/(messaging|identity|iam|sts)/([^/]+)\\.ts$',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^src/operations/(messaging|identity|iam|sts|registry)' },
    },
    {
      name: 'services-apart',
      comment:
        'Services that import services become a knot. Lift shared rules to domain, and what is not ' +
        'pure to services/shared.',
      severity: 'error',
      from: { path: '^src/services/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/services/', pathNot: '^src/services/(presenters|shared)/' },
    },
    {
      name: 'main-knows-the-app',
      comment:
        'main.ts turns arguments and signals into calls of the app, of top or of outbox, nothing else.',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(app\\.ts|top/|outbox-command/|operator-client/|config/|observability/|base/)',
      },
    },
    {
      name: 'composition-is-the-root',
      comment: 'Whoever needs a part is given it: only the app puts parts together.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(composition/|app\\.ts$)' },
      to: { path: '^src/composition/' },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'Product code never depends on test code or on development packages.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(test|bench|tools)/' },
    },
    {
      name: 'declared-packages',
      comment: 'What src/ uses must be a dependency, not a development one or an accident.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing fails at start.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
}
