import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { refuse } from './refuse.mjs';

/**
 * @typedef {{ accessKey: string, secretKey: string }} Credentials
 * @typedef {{ accessKey: string, scope: string[], at: string, headers: string[], signature: string, payload: string, expiresS?: number }} Claim
 */

/**
 * Refuses what is not signed with the one pair of credentials (AWS Signature Version 4), in headers or in the query of a link.
 * @param {import('./s3-server.mjs').App} app
 * @param {Credentials} credentials
 */
export function checkSignatures(app, credentials) {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url === '/health') return done();
    const url = new URL(request.originalUrl, 'http://localhost');
    const claim = url.searchParams.has('X-Amz-Signature') ? inQuery(url) : inHeaders(request.headers);
    const problem = judge(claim, credentials, () => sign({ request, url }, claim, credentials));
    if (problem === undefined) return done();
    refuse(reply, 403, problem);
  });
}

/** @param {Claim | undefined} claim @param {Credentials} credentials @param {() => string} expected */
function judge(claim, { accessKey }, expected) {
  if (claim === undefined) return 'AccessDenied';
  if (claim.accessKey !== accessKey) return 'InvalidAccessKeyId';
  const [given, wanted] = [Buffer.from(claim.signature), Buffer.from(expected())];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'SignatureDoesNotMatch';
  const ageS = (Date.now() - timeOf(claim.at)) / 1000;
  if (claim.expiresS !== undefined) return ageS > claim.expiresS ? 'AccessDenied' : undefined;
  return Math.abs(ageS) > 900 ? 'RequestTimeTooSkewed' : undefined;
}

/** @param {string} at 20260102T030405Z */
const timeOf = (at) =>
  Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/** @param {URL} url @returns {Claim} */
function inQuery({ searchParams }) {
  const of = (/** @type {string} */ name) => searchParams.get(`X-Amz-${name}`) ?? '';
  const [accessKey = '', ...scope] = of('Credential').split('/');
  return {
    ...{ accessKey, scope, at: of('Date'), signature: of('Signature'), expiresS: Number(of('Expires')) },
    headers: of('SignedHeaders').split(';'),
    payload: 'UNSIGNED-PAYLOAD',
  };
}

/** @param {import('node:http').IncomingHttpHeaders} headers @returns {Claim | undefined} */
function inHeaders({ authorization = '', ...headers }) {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
    authorization,
  );
  if (match === null) return undefined;
  const [, credential = '', signed = '', signature = ''] = match;
  const [accessKey = '', ...scope] = credential.split('/');
  const [at, payload] = [headers['x-amz-date'], headers['x-amz-content-sha256']].map(String);
  return { accessKey, scope, at: at ?? '', headers: signed.split(';'), signature, payload: payload ?? '' };
}

/**
 * @param {{ request: { method: string, headers: import('node:http').IncomingHttpHeaders }, url: URL }} call
 * @param {Claim | undefined} claim
 * @param {Credentials} credentials
 */
function sign({ request, url }, claim, { secretKey }) {
  if (claim === undefined) return '';
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const headers = claim.headers.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const canonical = [
    ...[request.method, url.pathname, query.join('&')],
    ...[headers.join(''), claim.headers.join(';'), claim.payload],
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', claim.at, claim.scope.join('/'), hash].join('\n');
  const key = claim.scope.reduce(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${secretKey}`),
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

/** @param {string} text */
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
