import { random } from '../random.js';
import { faultStages, type FaultAt, type FaultRule, type FaultStage, type FaultSubject } from './faults.js';

interface Page {
  readonly rule: FaultRule;
  readonly image: RegExp | null;
  /** Each rule has its own row of numbers: one more rule does not change what the others do. */
  readonly draw: () => number;
  struck: number;
  readonly struckByImage: Map<string, number>;
}

/** The rules in force. The same seed and the same order of requests give the same faults. */
export class FaultBook {
  private pages: Page[] = [];

  constructor(private readonly seed: number) {}

  /** Replaces all rules; their counts begin again. */
  write(rules: readonly FaultRule[]): void {
    this.pages = rules.map((rule, at) => ({
      rule,
      image: rule.image === undefined ? null : new RegExp(rule.image),
      draw: random(this.seed + 7_919 * (at + 1)),
      struck: 0,
      struckByImage: new Map(),
    }));
  }

  /** @returns the first rule of this stage that strikes, counted as struck; null: all goes well */
  strike<S extends FaultStage>(stage: S, subject: FaultSubject): (FaultRule & { fault: FaultAt<S> }) | null {
    for (const page of this.pages) {
      if (!isOf(page.rule, stage) || !strikes(page, subject)) continue;
      page.struck += 1;
      if (page.rule.timesPerImage !== undefined)
        page.struckByImage.set(subject.imageUrl, (page.struckByImage.get(subject.imageUrl) ?? 0) + 1);
      return page.rule;
    }
    return null;
  }
}

const isOf = <S extends FaultStage>(rule: FaultRule, stage: S): rule is FaultRule & { fault: FaultAt<S> } =>
  faultStages[rule.fault] === stage;

function strikes({ rule, image, draw, struck, struckByImage }: Page, subject: FaultSubject): boolean {
  const { times = Infinity, timesPerImage = Infinity } = rule;
  if (struck >= times || (struckByImage.get(subject.imageUrl) ?? 0) >= timesPerImage) return false;
  if (image !== null && !image.test(subject.imageUrl)) return false;
  if (rule.endpoint !== undefined && rule.endpoint !== subject.endpoint) return false;
  if (rule.ordinals !== undefined && !rule.ordinals.includes(subject.ordinal)) return false;
  return draw() < rule.share;
}
