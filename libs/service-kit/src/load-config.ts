import { z } from 'zod';
import { splitServers } from './server-list.js';

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the environment, one line per problem; values are never in it. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  constructor(readonly problems: readonly string[]) {
    super(
      `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in the environment: ${problems.join('; ')}`,
    );
  }
}

/** Parses an environment. An empty variable counts as absent. @throws InvalidConfig with all problems at once */
export function parseConfig<C>(schema: z.ZodType<C>, environment: Environment): C {
  const given: Environment = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const about = descriptionsOf(schema);
  const describe = ({ code, path, message }: z.core.$ZodIssue): string => {
    const variable = String(path[0] ?? 'environment');
    const missing = code === 'invalid_type' && given[variable] === undefined;
    return `${variable}: ${missing ? `is required. ${about[variable] ?? ''}`.trim() : message}`;
  };
  throw new InvalidConfig(parsed.error.issues.map(describe));
}

function descriptionsOf(schema: z.ZodType): Record<string, string | undefined> {
  const shape: z.ZodRawShape = schema instanceof z.ZodObject ? schema.shape : {};
  return Object.fromEntries(
    Object.entries(shape).map(([name, variable]) => [name, z.globalRegistry.get(variable)?.description]),
  );
}

/** Reads the environment of this process; with runService the one place in the system that does. */
// eslint-disable-next-line no-restricted-properties
export const loadConfig = <C>(schema: z.ZodType<C>): C => parseConfig(schema, process.env);

/**
 * The values in an environment that must never be seen: variables named like a secret and passwords in URLs.
 * The logger blanks them wherever they turn up.
 */
export function secretsOf(environment: Environment): string[] {
  const found = Object.entries(environment).flatMap(([name, value = '']) => {
    if (name.endsWith('_FILE')) return []; // a path: what it leads to is never in a variable
    if (/KEY|SECRET|PASSWORD|TOKEN|WEBHOOK_URL|SLACK_URL/.test(name))
      return value.split(',').map((part) => part.trim());
    if (name.endsWith('_HEADERS')) return headerValuesIn(value);
    return name.endsWith('_URL') || name.endsWith('_ENDPOINT') ? passwordsIn(value) : [];
  });
  return [...new Set(found.filter((value) => value.length >= shortestSecret))];
}

/** Anything shorter would blank ordinary words (`guest`). */
const shortestSecret = 8;

/** Of each server of a list; Sentinels may have one of their own behind the `?`. */
function passwordsIn(text: string): string[] {
  const urls = splitServers(text).flatMap((part) => (URL.canParse(part) ? [new URL(part)] : []));
  return urls.flatMap(({ password, search, searchParams }) => {
    const [, raw = ''] = /[?&]sentinel_password=([^&]*)/.exec(search) ?? [];
    return [password, decoded(password), raw, searchParams.get('sentinel_password') ?? ''];
  });
}

/** Of `name=value,…`; a value may be percent-encoded. */
const headerValuesIn = (text: string): string[] =>
  text.split(',').flatMap((pair) => {
    const value = pair.slice(pair.indexOf('=') + 1).trim();
    return [value, decoded(value), ...decoded(value).split(' ')];
  });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded: it stands for itself
  }
}

/** Set by the build (tools/build.mjs). */
// eslint-disable-next-line no-restricted-properties
export const appVersion: string = process.env.APP_VERSION ?? 'development';

/** The secrets of this process; see secretsOf. */
// eslint-disable-next-line no-restricted-properties
export const ownSecrets = (): string[] => secretsOf(process.env);
