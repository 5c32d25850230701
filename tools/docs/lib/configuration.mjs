import { code, page, table } from './markdown.mjs';

/** Values that depend on the machine are named instead of shown. */
const machineDefaults = { EMBEDDED_THREADS: 'processors, at most 4' };

/** The variables of one app: name, default, description. */
function variablesOf(schema, z) {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, spec]) => ({
    name,
    default:
      machineDefaults[name] ??
      (spec.default === undefined || spec.default === ''
        ? required.includes(name)
          ? 'required'
          : ''
        : code(spec.default)),
    about: spec.description ?? '',
  }));
}

const byService = ({ configs, z }) =>
  Object.entries(configs).map(([service, schema]) => ({ service, variables: variablesOf(schema, z) }));

/** Variables that every service has. */
function sharedNames(all) {
  const [first, ...others] = all.map(({ variables }) => new Set(variables.map(({ name }) => name)));
  return new Set([...first].filter((name) => others.every((names) => names.has(name))));
}

const rows = (variables) => variables.map((v) => [code(v.name), v.default, v.about]);
const head = ['variable', 'default', 'meaning'];

export function configurationPage(sources) {
  const all = byService(sources);
  const shared = sharedNames(all);
  return page(
    'Configuration',
    'Every service reads its environment once, at its start, lists all problems at once and exits 78 when there are any.',
    '## Every service',
    table(head, rows(all[0].variables.filter(({ name }) => shared.has(name)))),
    ...all.flatMap(({ service, variables }) => {
      const own = variables.filter(({ name }) => !shared.has(name));
      return own.length === 0 ? [] : [`## ${service}`, table(head, rows(own))];
    }),
    '## The bootstrap job',
    'Read by `bootstrap.js` alone (docs/security.md).',
    table(head, rows(variablesOf(sources.bootstrapSchema, sources.z))),
  );
}

/** One table for the README: each variable once, with the services that read it. */
export function readmeTable(sources) {
  const all = byService(sources);
  const merged = new Map();
  for (const { service, variables } of all)
    for (const variable of variables) {
      const known = merged.get(variable.name);
      if (known) known.services.push(service);
      else merged.set(variable.name, { ...variable, services: [service] });
    }
  return table(
    ['variable', 'default', 'read by', 'meaning'],
    [...merged.values()].map((v) => [
      code(v.name),
      v.default,
      v.services.length === all.length ? 'all' : v.services.join(', '),
      v.about,
    ]),
  );
}
