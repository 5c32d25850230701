import { metricsIn } from '../checks/load-metrics.mjs';
import { families, query, rules } from './prometheus.mjs';

/** @param {string} text @param {number} width */
const cut = (text, width) => (text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width));

/** A family as its metadata name it. @param {string} name */
const familyOf = (name) => name.replace(/_(bucket|sum|count)$/, '');

/**
 * Asks a Prometheus for every panel and every alert.
 * @param {string} api
 * @param {{ queries: import('../checks/files.mjs').Query[], alerts: import('../checks/files.mjs').Alert[] }} asked
 * @returns {Promise<{ table: string, missing: string[] }>} missing: panels without data, alerts that cannot be evaluated
 */
export async function judgeProof(api, { queries, alerts }) {
  const [shown, evaluated] = await Promise.all([families(api), rules(api)]);
  const panels = await Promise.all(
    queries.map(async ({ where, expr }) => ({ where, series: await query(api, expr) })),
  );
  const judged = alerts.map(({ name, expr }) => {
    const rule = evaluated.find((one) => one.name === name);
    const unknown = metricsIn(expr).filter((metric) => !shown.has(familyOf(metric)) && !shown.has(metric));
    return {
      name,
      state: rule?.health === 'ok' ? rule.state : (rule?.lastError ?? 'not evaluated'),
      unknown,
      ok: rule?.health === 'ok',
    };
  });
  const table = [
    ...panels.map(
      ({ where, series }) =>
        `${cut(where, 78)} ${String(series.length).padStart(4)} series  ${series[0]?.value[1] ?? '—'}`,
    ),
    ...judged.map(({ name, state }) => `${cut(`alert ${name}`, 78)} ${state}`),
  ].join('\n');
  const missing = [
    ...panels.filter(({ series }) => series.length === 0).map(({ where }) => `no data: ${where}`),
    ...judged.filter(({ ok }) => !ok).map(({ name, state }) => `alert ${name}: ${state}`),
    ...judged.flatMap(({ name, unknown }) =>
      unknown.map((metric) => `alert ${name}: nobody shows ${metric}`),
    ),
  ];
  return { table, missing };
}
