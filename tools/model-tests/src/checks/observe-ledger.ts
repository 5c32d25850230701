import type { BindReply, DoubtReply, IntendReply } from '@image2model/progress';
import type { World } from '../world/world.js';

const observers: Readonly<Record<string, (world: World, args: readonly string[], reply: unknown) => void>> = {
  lua_intend_file: (world, [, idx, token, intent = '', , most], reply) => {
    const { holder } = world.oracle.file(Number(idx));
    const asking = {
      ...{ idx: Number(idx), intent, mostSubmits: Number(most), nowMs: world.now },
      tillMs: holder !== null && holder.token === token ? holder.tillMs : null,
    };
    world.till.intended(asking, reply as IntendReply, world.seen);
  },
  lua_bind_intent: ({ till }, [, intent = '', requestId = ''], reply) =>
    till.bound(intent, requestId, reply as BindReply),
  lua_free_intent: ({ till }, [intent = ''], reply) => till.freed(intent, String((reply as unknown[])[0])),
  lua_refund_generation: ({ till }, [intent = ''], reply) =>
    till.refunded(intent, String((reply as unknown[])[0])),
  lua_doubt_intent: ({ till }, [intent = '', forOneMore], reply) =>
    till.doubted(intent, forOneMore === '1', reply as DoubtReply),
  lua_note_fetched: ({ till, oracle }, [, intent = ''], reply) =>
    till.fetched(intent, String(reply), (idx) => oracle.file(idx).told !== null),
  lua_put_back_file: ({ oracle }, [idx, token = ''], reply) => {
    oracle.fenced(Number(idx), token, 'putBack', reply === 'ok');
    if (reply === 'ok') oracle.putBack(Number(idx));
  },
};

/** Tells those who keep the account what a script answered, before its caller hears it and may do more. */
export function observeLedger(world: World, command: string, args: readonly unknown[], reply: unknown): void {
  observers[command]?.(world, args.slice(1 + Number(args[0])).map(String), reply);
}
