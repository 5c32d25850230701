import { ofKind, titleOf } from '../checks/manifests.mjs';

/** @import { Rule } from './rule.mjs' */

/** Of RabbitMQ's own exporter. */
const foreign = ['rabbitmq_detailed_queue_messages'];

/** @param {string} text */
const metricsIn = (text) => text.match(/\b(image2model|rabbitmq)_\w+/g) ?? [];

/** @param {string} query @param {Set<string>} metrics */
const unknownIn = (query, metrics) =>
  metricsIn(query).filter((name) => !metrics.has(name) && !foreign.includes(name));

/** Queues in a PromQL selector: `queue="x"`, `queue=~"x|y"`. @param {string} query */
const selectorsIn = (query) =>
  [...query.matchAll(/queue(=~?)"([^"]*)"/g)].map(([, how, text]) => ({
    exact: how === '=',
    text: String(text),
  }));

/** @type {Rule} */
export const scalingMetrics = {
  name: 'scaling-metrics',
  about:
    'metrics and queues that are scaled on exist; what an autoscaler asks the adapter for, a rule of the adapter gives',
  check: ({ objects }, { metrics, adapterRules, queues }) => {
    const offered = adapterRules.map(({ name }) => name.as);
    const asked = ofKind(objects, 'HorizontalPodAutoscaler').flatMap((object) =>
      (object.spec?.metrics ?? []).flatMap(({ external }) =>
        external === undefined ? [] : [{ object, name: external.metric.name }],
      ),
    );
    const queries = ofKind(objects, 'ScaledObject').flatMap((object) =>
      object.spec.triggers.flatMap(({ metadata }) =>
        metadata['query'] === undefined ? [] : [{ where: titleOf(object), query: metadata['query'] }],
      ),
    );
    // the file of the adapter's rules goes with the plain autoscalers
    const adapter =
      asked.length === 0
        ? []
        : adapterRules.map(({ name, seriesQuery, metricsQuery }) => ({
            where: `adapter rule ${name.as}`,
            query: `${seriesQuery} ${metricsQuery}`,
          }));
    const unused =
      asked.length === 0 ? [] : offered.filter((name) => !asked.some((each) => each.name === name));
    return [
      ...asked
        .filter(({ name }) => !offered.includes(name))
        .map(({ object, name }) => `${titleOf(object)}: no rule of the adapter gives ${name}`),
      ...unused.map((name) => `adapter rule ${name}: no autoscaler asks for it`),
      ...[...queries, ...adapter].flatMap(({ where, query }) => [
        ...unknownIn(query, metrics).map((name) => `${where}: there is no metric ${name}`),
        ...(query.trim() === '' ? [`${where}: an empty query`] : []),
        ...selectorsIn(query)
          .filter(
            ({ exact, text }) =>
              !queues.some(({ name }) => (exact ? name === text : new RegExp(`^(?:${text})$`).test(name))),
          )
          .map(({ text }) => `${where}: ${text} names no queue of the topology`),
      ]),
    ];
  },
};
