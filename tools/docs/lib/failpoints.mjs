import { code, page, table } from './markdown.mjs';

export const failpointsPage = ({ failpointCatalog }) =>
  page(
    'Failpoints',
    'Places between two durable steps at which a process can be told to fail: `FAILPOINT=<name>:kill|throw|pause`, or `<name>:kill:3` for the third time it is reached. `kill` is SIGKILL to itself, `throw` an Error, `pause` SIGSTOP until somebody sends SIGCONT; each once per start. Refused when NODE_ENV is production. `tools/system-tests/test/failpoints.int.spec.ts` walks them all.',
    ...[...new Set(failpointCatalog.map(({ service }) => service))].flatMap((service) => [
      `## ${service}`,
      table(
        ['failpoint', 'behind it', 'before it'],
        failpointCatalog
          .filter((point) => point.service === service)
          .map(({ name, after, before }) => [code(name), after, before]),
      ),
    ]),
  );
