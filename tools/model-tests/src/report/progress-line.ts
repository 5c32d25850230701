const barWidth = 30;
const drawEveryMs = 200;
const plainParts = 10;

/** How far a search is: a bar on a terminal, else a line for each tenth. */
export class ProgressLine {
  private done = 0;
  private drawnAt = 0;
  private readonly started = performance.now();

  constructor(
    private readonly title: string,
    private readonly total: number,
    private readonly out: NodeJS.WriteStream,
  ) {}

  add(): void {
    this.done += 1;
    if (this.out.isTTY) this.draw();
    else if (this.done % Math.max(1, Math.ceil(this.total / plainParts)) === 0)
      this.out.write(`${this.text()}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.out.isTTY) this.out.write('\r\u001b[K');
  }

  private draw(): void {
    const now = performance.now();
    if (now - this.drawnAt < drawEveryMs) return;
    this.drawnAt = now;
    const full = Math.round((barWidth * this.done) / this.total);
    this.out.write(`\r\u001b[K${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${this.text()}`);
  }

  private text(): string {
    const rate = (this.done * 1_000) / Math.max(1, performance.now() - this.started);
    return `${this.title} ${this.done}/${this.total}, ${rate.toFixed(0)}/s`;
  }
}
