import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The layers of src, lowest first. A folder imports only folders to its left, and itself. */
const layers = ['tracking', 'protocol', 'services', 'views', 'commands'];

const layerRules = layers.map((layer, index) => {
  const above = layers.slice(index + 1).map(name => `**/${name}/**`);
  return {
    files: [`src/${layer}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...above, '**/extension.ts', '**/container.ts'],
              message: `${layer}/ imports only the layers below it: see "How it is built" in the README.`,
            },
          ],
          paths:
            layer === 'tracking' || layer === 'protocol'
              ? [{ name: 'vscode', message: `${layer}/ knows nothing of VS Code.` }]
              : [],
        },
      ],
    },
  };
});

/** Calls that belong to one owner each. */
const owned = [
  {
    owner: 'src/commands/registry.ts',
    selector: 'CallExpression[callee.property.name="registerCommand"]',
    message: 'Only src/commands/registry.ts registers commands.',
  },
  {
    owner: 'src/services/contextKeys.ts',
    selector: 'Literal[value="setContext"]',
    message: 'Only src/services/contextKeys.ts sets context keys.',
  },
  {
    owner: 'src/services/settings.ts',
    selector: 'CallExpression[callee.property.name="getConfiguration"]',
    message: 'Only src/services/settings.ts reads and writes configuration.',
  },
];
const noWindow = {
  selector: 'MemberExpression[object.name="vscode"][property.name="window"]',
  message: 'Services own state; views and commands show it.',
};
const restricted = file => [
  'error',
  ...owned.filter(({ owner }) => owner !== file).map(({ selector, message }) => ({ selector, message })),
  ...(file.startsWith('src/services/') ? [noWindow] : []),
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.cache/', '.demo/', 'test/fixtures/', 'runlight.d.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An empty string is no value wherever `||` is written for one: an unset setting, an empty variable.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error', 'max-lines': ['error', 500] } },
  ...['src/**/*.ts', 'src/services/**/*.ts', ...owned.map(({ owner }) => owner)].map(files => ({
    files: [files],
    rules: { 'no-restricted-syntax': restricted(files) },
  })),
  ...layerRules,
  {
    // A test that meets no value fails there, which is what it is for.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
