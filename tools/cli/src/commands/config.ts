import type { Command } from 'commander';
import { findConnection } from '../api/find-connection.js';
import { defaultConfigPath, readConfigFile, writeConfigFile } from '../api/config-file.js';
import { shownKey } from '../api/connection.js';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { defineCommand, defineGroup } from '../define-command.js';
import { exitCodes } from '../exit-codes.js';

/** `i2m config`. */
export const configCommand = (): Command =>
  defineGroup('config', 'The configuration file: set, show, path.', [
    setCommand(),
    showCommand(),
    pathCommand(),
  ]);

const pathOf = ({ flags, environment }: Context): string => flags.config ?? defaultConfigPath(environment);

const setCommand = (): Command =>
  defineCommand({
    name: 'set <name> [value]',
    summary: 'Sets url, key or default-profile. A key is better given on stdin, where no shell keeps it.',
    examples: [
      'config set url https://i2m.example.com',
      'config set key < key.txt',
      'config set url http://127.0.0.1:8080 --profile local',
      'config set default-profile local',
    ],
    options: {},
    run: async (context, _options, [name = '', given]) => {
      const value = given ?? (await readStdin());
      if (value === '')
        throw new CliError(exitCodes.usage, `What is ${name} to be?`, {
          hint: `i2m config set ${name} VALUE, or VALUE on stdin`,
        });
      const path = pathOf(context);
      const config = readConfigFile(path);
      const profile = context.flags.profile ?? config.default_profile;
      if (name === 'default-profile') config.default_profile = value;
      else if (name === 'url' || name === 'key')
        config.profiles[profile] = { ...config.profiles[profile], [name]: value };
      else
        throw new CliError(exitCodes.usage, `There is no setting "${name}".`, {
          hint: 'There are url, key and default-profile.',
        });
      writeConfigFile(path, config);
      context.terminal.result(
        { path, profile, name },
        () => `${name} is set${name === 'default-profile' ? '' : ` in profile ${profile}`} of ${path}`,
      );
      return undefined;
    },
  });

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY) return '';
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text.trim();
}

const showCommand = (): Command =>
  defineCommand({
    name: 'show',
    summary: 'Which gateway would be asked, as whom, and where that is said. Keys are not shown.',
    examples: ['config show', 'config show --profile local'],
    options: {},
    run: async (context) => {
      const connection = findConnection(context.flags, context.environment, context.terminal.note);
      const { url, key, urlFrom, keyFrom } = connection;
      const path = pathOf(context);
      const config = readConfigFile(path);
      const profiles = Object.entries(config.profiles).map(([name, profile]) => ({
        name,
        url: profile.url ?? null,
        key: shownKey(profile.key),
      }));
      const shown = {
        url,
        url_from: urlFrom,
        key: shownKey(key),
        key_from: keyFrom,
        path,
        default_profile: config.default_profile,
        profiles,
      };
      context.terminal.result(shown, () =>
        [
          `url      ${url}  (${urlFrom})`,
          `key      ${shown.key}${keyFrom === null ? '' : `  (${keyFrom})`}`,
          `file     ${path}`,
          ...profiles.map(
            (profile) =>
              `profile  ${profile.name}${profile.name === config.default_profile ? ' (default)' : ''}: ${profile.url ?? 'no url'}, key ${profile.key}`,
          ),
        ].join('\n'),
      );
      return undefined;
    },
  });

const pathCommand = (): Command =>
  defineCommand({
    name: 'path',
    summary: 'Where the configuration file is.',
    examples: ['config path'],
    options: {},
    run: async (context) => {
      const path = pathOf(context);
      context.terminal.result({ path }, () => path);
      return undefined;
    },
  });
