/** Why a generation is stopped from outside. Given to its signal as the reason. */
export class StopReason extends Error {
  override readonly name = 'StopReason';
  /** `late`: the hard limit has passed */
  constructor(readonly why: 'cancelled' | 'lost' | 'draining' | 'late') {
    super(why);
  }
}
