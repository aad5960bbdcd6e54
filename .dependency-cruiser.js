/** Who may import whom. Checked by `npm run check`. */
const domainFolders = 'accounts|rooms|memberships|documents|moderation|reading|activity';

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'protocol-is-pure',
      severity: 'error',
      comment: 'only yjs and zod',
      from: { path: '^protocol/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^protocol/src', 'node_modules/(yjs|zod)/'] },
    },
    {
      name: 'client-imports-protocol-only',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(sync-server|push)/', pathNot: '^sync-server/test/' },
    },
    {
      name: 'push-imports-protocol-only',
      severity: 'error',
      from: { path: '^push/' },
      to: { path: '^(sync-server|client)/' },
    },
    {
      name: 'server-does-not-import-client',
      severity: 'error',
      from: { path: '^sync-server/' },
      to: { path: '^client/' },
    },
    {
      name: 'features-do-not-meet',
      severity: 'error',
      from: { path: '^client/src/features/([^/]+)/' },
      to: { path: '^client/src/features/', pathNot: '^client/src/features/$1/' },
    },
    {
      name: 'sync-is-not-react',
      severity: 'error',
      from: { path: '^client/src/sync/' },
      to: { path: ['^client/src/(app|features|ui|sw)/', 'node_modules/react'] },
    },
    {
      name: 'ui-has-no-domain',
      severity: 'error',
      from: { path: '^client/src/ui/' },
      to: { path: '^client/src/(app|features|sync|sw)/' },
    },
    {
      name: 'features-are-below-app',
      severity: 'error',
      from: { path: '^client/src/(features|ui|sync)/' },
      to: { path: '^client/src/app/' },
    },
    {
      name: 'session-is-below-features',
      severity: 'error',
      from: { path: '^client/src/(session|api|text)/' },
      to: { path: '^client/src/(app|features|sw)/' },
    },
    {
      name: 'api-and-text-know-no-session',
      severity: 'error',
      from: { path: '^client/src/(api|text|ui)/' },
      to: { path: '^client/src/(session|sync)/' },
    },
    {
      name: 'platform-is-lowest',
      severity: 'error',
      from: { path: '^sync-server/src/platform/' },
      to: { path: `^sync-server/src/(${domainFolders}|http)/` },
    },
    {
      name: 'domain-is-below-http',
      severity: 'error',
      comment: 'route files excepted: they are the edge',
      from: { path: `^sync-server/src/(${domainFolders})/`, pathNot: '\\.routes\\.ts$' },
      to: { path: '^sync-server/src/http/' },
    },
    { name: 'nobody-imports-main', severity: 'error', from: {}, to: { path: '/src/main\\.tsx?$' } },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: {
        path: '/src/',
        pathNot: '\\.(test|soak|property\\.test|pg\\.test|browser\\.test)\\.tsx?$',
      },
      to: { path: ['\\.test\\.tsx?$', '^[^/]+/(test|e2e)/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
