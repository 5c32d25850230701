import { code, page, table } from './markdown.mjs';

export const redisKeysPage = ({ keyCatalog }) =>
  page(
    'Redis keys',
    'Keys of one batch share a hash tag, so they live on one cluster slot and one script may touch them all.',
    table(
      ['key', 'type', 'holds', 'lifetime', 'written by'],
      keyCatalog.map((k) => [code(k.pattern), k.type, k.holds, k.lifetime, k.writer]),
    ),
  );
