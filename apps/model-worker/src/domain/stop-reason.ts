/** Why a generation is stopped from outside. Given to its signal as the reason. */
export class StopReason extends Error {
  override readonly name = 'StopReason';
  constructor(readonly why: 'cancelled' | 'lost' | 'draining') {
    super(why);
  }
}
