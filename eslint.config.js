import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const NO_ENUMS = {
  selector: 'TSEnumDeclaration',
  message: 'Use an `as const` object and a union.',
};
const NO_DEFAULT_EXPORTS = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name what you export.',
};
const NO_EXPORT_ALL = { selector: 'ExportAllDeclaration', message: 'List what is exported.' };
const NO_EXPORTED_ARROWS = {
  selector:
    'Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression',
  message: 'Declare top-level functions with `function`.',
};
const NO_ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only main.ts reads the environment.',
};
// They do not say what was stored (see sync/): only the connection may look at them.
const NO_PROVIDER_COUNTERS = {
  selector:
    'MemberExpression[property.name=/^(unsyncedChanges|hasUnsyncedChanges|synced|isSynced)$/]',
  message: 'Delivery comes from the outbox, `order` and receipts.',
};
const RESTRICTED = [NO_ENUMS, NO_DEFAULT_EXPORTS, NO_EXPORT_ALL, NO_EXPORTED_ARROWS];

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'data/**',
      'test-results/**',
      'playwright-report/**',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/method-signature-style': ['error', 'property'],
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      'max-lines': ['error', { max: 400 }],
      'no-restricted-syntax': ['error', ...RESTRICTED, NO_ENVIRONMENT],
    },
  },
  {
    files: ['client/src/**/*.{ts,tsx}'],
    extends: [jsxA11y.flatConfigs.recommended, reactHooks.configs.flat.recommended],
    rules: {
      'no-restricted-syntax': ['error', ...RESTRICTED, NO_ENVIRONMENT, NO_PROVIDER_COUNTERS],
    },
  },
  {
    files: ['client/src/sync/connection.ts'],
    rules: { 'no-restricted-syntax': ['error', ...RESTRICTED, NO_ENVIRONMENT] },
  },
  {
    // Entry points, configuration and the tools around the tests.
    files: [
      '*/src/main.ts',
      'sync-server/src/cli/*.ts',
      '**/test/**',
      'sync-server/dev/**',
      'sync-server/bench/**',
      '**/e2e/**',
      '*.config.{ts,js}',
      '**/*.config.{ts,js}',
      '.dependency-cruiser.js',
    ],
    rules: { 'no-restricted-syntax': ['error', NO_ENUMS, NO_EXPORT_ALL, NO_EXPORTED_ARROWS] },
  },
  {
    files: ['sync-server/src/cli/*.ts', '.ci/*.mjs', 'scripts/*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
      },
    },
    rules: { 'no-restricted-syntax': ['error', NO_ENUMS, NO_EXPORT_ALL, NO_EXPORTED_ARROWS] },
  },
);
