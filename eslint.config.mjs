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
              : layer === 'services'
                ? [
                    {
                      name: 'vscode',
                      importNames: ['window'],
                      message: 'Services own state; views and commands show it.',
                    },
                  ]
                : [],
        },
      ],
    },
  };
});

/** Calls that belong to one owner each. */
const owned = [
  { owner: 'src/commands/registry.ts', call: 'registerCommand' },
  { owner: 'src/services/contextKeys.ts', call: 'setContext' },
  { owner: 'src/services/settings.ts', call: 'getConfiguration' },
];
const restrictOwned = allowed =>
  owned
    .filter(({ call }) => !allowed.includes(call))
    .map(({ owner, call }) =>
      call === 'setContext'
        ? { selector: `Literal[value="setContext"]`, message: `Only ${owner} sets context keys.` }
        : {
            selector: `CallExpression[callee.property.name="${call}"]`,
            message: `Only ${owner} calls ${call}.`,
          },
    );

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.cache/', '.demo/', 'test/fixtures/'] },
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
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...restrictOwned([])],
      'no-console': 'error',
      'max-lines': ['error', 500],
    },
  },
  ...owned.map(({ owner, call }) => ({
    files: [owner],
    rules: { 'no-restricted-syntax': ['error', ...restrictOwned([call])] },
  })),
  ...layerRules,
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
