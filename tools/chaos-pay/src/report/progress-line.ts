const drawEveryMs = 200;
const plainEveryMs = 10_000;

/** What a scenario is doing: one line that changes on a terminal, else a line now and then. */
export class ProgressLine {
  private drawnAtMs = -Infinity;
  private readonly startedMs = performance.now();

  constructor(
    private readonly name: string,
    private readonly out: NodeJS.WriteStream,
  ) {}

  tell(text: string): void {
    const now = performance.now();
    if (now - this.drawnAtMs < (this.out.isTTY ? drawEveryMs : plainEveryMs)) return;
    this.drawnAtMs = now;
    const line = `${this.name.padEnd(13)}${Math.round((now - this.startedMs) / 1_000)} s: ${text}`;
    this.out.write(this.out.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.out.isTTY) this.out.write('\r\u001b[K');
  }
}
