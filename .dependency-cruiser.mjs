/*
 * Which folder may import which, for `npm run imports`: model <- changeset <- plan <- (domain,
 * repo) <- (postgres, mutation <- pothos) <- blog <- graphql <- server. A room knows itself and what comes
 * before it; the app knows the library by its name alone. The page, web, is the app in a browser:
 * beside it, it knows what is pure.
 */

const before = {
  model: [],
  generator: ['model'],
  changeset: ['model'],
  plan: ['model', 'changeset'],
  domain: ['model', 'changeset', 'plan'],
  repo: ['model', 'changeset', 'plan'],
  postgres: ['model', 'changeset', 'plan', 'repo'],
  mutation: ['model', 'changeset', 'plan', 'domain', 'repo'],
  pothos: ['model', 'changeset', 'plan', 'domain', 'repo', 'mutation'],
  blog: [],
  graphql: ['blog'],
  server: ['blog', 'graphql'],
  web: ['blog'],
};
const app = ['blog', 'graphql', 'server', 'web'];
const doors = ['^src/index\\.ts$', '^src/[a-z]+/index\\.ts$'];
// Prisma's client and the datamodel, made from the app's schema.
const generated = '^src/(web/)?generated/';

const directions = Object.entries(before).map(([room, rooms]) => ({
  name: `${room}-knows-what-comes-before`,
  comment: `src/${room} imports ${rooms.join(', ') || 'no other room'}.`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: doors },
  to: {
    path: '^src/',
    pathNot: [room, ...rooms]
      .map((name) => `^src/${name}/`)
      // Of the library the app sees the doors.
      .concat(app.includes(room) ? [...doors, generated] : []),
  },
}));

const pure = ['^src/model/', '^src/changeset/', '^src/plan/', '^src/domain/'];
const packages = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];
const anything = [...packages, 'core'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...directions,
    {
      name: 'no-door-from-within',
      comment: 'A door is for who is outside: within the library import the file itself.',
      severity: 'error',
      from: {
        path: '^src/(model|generator|changeset|plan|domain|repo|postgres|mutation|pothos)/',
        pathNot: doors,
      },
      to: { path: doors },
    },
    {
      name: 'app-by-name',
      comment: 'The app imports the library as its users do: prisma-assoc/mutation.',
      severity: 'error',
      from: { path: app.map((room) => `^src/${room}/`) },
      to: { path: doors, dependencyTypes: ['local'] },
    },
    {
      name: 'pure',
      comment: 'model, changeset, plan and domain import nothing but each other.',
      severity: 'error',
      from: { path: pure },
      to: { dependencyTypes: anything },
    },
    {
      name: 'web-runs-in-a-browser',
      comment: 'Of the library the page knows prisma-assoc/changeset alone, and nothing of Node.',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: doors, pathNot: '^src/changeset/index\\.ts$' },
    },
    {
      name: 'page-libraries-in-web',
      comment: 'What a page is made of is for the page.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { path: 'node_modules/(preact|@urql|graphql-sse)/' },
    },
    {
      name: 'prisma-pg-dataloader-in-their-rooms',
      comment:
        'Prisma, pg and DataLoader are for repo and postgres, and where the app opens its database.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(repo|postgres)/', '^src/server/(database|embedded)/'],
      },
      to: {
        path: ['node_modules/(@prisma/|pg/|dataloader/)', '^src/generated/prisma/'],
      },
    },
    {
      name: 'graphql-in-its-rooms',
      comment: 'GraphQL is spoken in pothos, graphql and server.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(pothos|graphql|server)/' },
      to: { path: 'node_modules/(@pothos/|graphql/|graphql-yoga/|@graphql-yoga/)' },
    },
    {
      name: 'source-stands-alone',
      comment: 'src imports nothing of test, scripts, prisma or bench.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|prisma|bench)/' },
    },
    {
      name: 'no-cycle',
      comment: 'Two files that import each other are one idea, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    // TypeScript 7 has no API; without this parser nothing is found.
    parser: 'swc',
    // Which has no JSX either: .oxlintrc.json says what the views may import.
    exclude: { path: '\\.tsx$' },
    doNotFollow: { path: ['node_modules', generated] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['prisma-assoc-source', 'import', 'node', 'default'],
    },
  },
};
