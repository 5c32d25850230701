import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Who may import whom (docs/architecture.md): arrows only go down, and each wire library has one door. */
const layers = ({ tests }) => {
  const also = tests ? ['layer:test'] : [];
  return [
    {
      sourceTag: 'layer:app',
      onlyDependOnLibsWithTags: ['layer:adapter', 'layer:engine', 'layer:kit', 'layer:core', ...also],
      bannedExternalImports: ['amqplib', 'ioredis', 'winston', 'prom-client'],
    },
    { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:kit', 'layer:core', ...also] },
    {
      sourceTag: 'layer:engine',
      onlyDependOnLibsWithTags: ['layer:core', ...also],
      bannedExternalImports: ['amqplib', 'ioredis'],
    },
    {
      sourceTag: 'layer:kit',
      onlyDependOnLibsWithTags: ['layer:core', ...also],
      bannedExternalImports: ['amqplib', 'ioredis'],
    },
    {
      sourceTag: 'layer:core',
      onlyDependOnLibsWithTags: ['layer:core'],
      ...(tests ? {} : { allowedExternalImports: ['zod'] }),
    },
    { sourceTag: 'layer:test', onlyDependOnLibsWithTags: ['layer:core', 'layer:engine', 'layer:test'] },
    {
      sourceTag: 'layer:tool',
      onlyDependOnLibsWithTags: ['layer:core', 'layer:adapter', 'layer:test', 'layer:tool'],
    },
    { sourceTag: 'fence:amqp', bannedExternalImports: ['ioredis'] },
    { sourceTag: 'fence:redis', bannedExternalImports: ['amqplib'] },
  ];
};
const boundaries = (options) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      banTransitiveDependencies: true,
      allow: [],
      depConstraints: layers(options),
    },
  ],
});

export default tseslint.config(
  { ignores: ['**/dist', '**/out-tsc', '**/coverage', '**/node_modules', '**/*.cjs', '.run', 'out', '.nx'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommended],
    plugins: { '@nx': nx, 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      ...boundaries({ tests: false }),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-empty': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read by config.ts through loadConfig().',
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', 'libs/testing/**/*.ts'],
    rules: { ...boundaries({ tests: true }), 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.d.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        fetch: 'readonly',
        FormData: 'readonly',
        Blob: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        TextDecoder: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { 'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }] },
  },
);
