import { MultiBar } from 'cli-progress';
import { clip, inert, pad, textWidth } from '../output/text-width.js';
import type { Terminal } from '../output/terminal.js';
import { boardLine, countsOf, shareDone, type Board, type RunningFile } from './board.js';

/** What a run shows while it goes on, on stderr. */
export interface Screen {
  say(text: string): void;
  /** Leaves the screen to a question. */
  pause(): void;
  resume(): void;
  end(): void;
}

const mostFiles = 6;
const plainEveryMs = 5_000;

/** Bars where they can be redrawn, else a line now and then when something has changed. */
export const openScreen = (terminal: Terminal, board: Board): Screen =>
  terminal.live ? liveScreen(terminal, board) : plainScreen(terminal, board);

function plainScreen(terminal: Terminal, board: Board): Screen {
  let last = '';
  const show = (): void => {
    const line = `${boardLine(board)}${board.waiting === null ? '' : ` — waiting: ${inert(board.waiting)}`}`;
    if (line !== last && countsOf(board).total > 0) terminal.note(line);
    last = line;
  };
  const timer = setInterval(show, plainEveryMs);
  return {
    say: terminal.note,
    pause: () => undefined,
    resume: () => undefined,
    end: () => (clearInterval(timer), show()),
  };
}

function liveScreen(terminal: Terminal, board: Board): Screen {
  const width = (): number => Math.max(40, (process.stderr.columns || 80) - 1);
  let bars: MultiBar | null = null;
  const start = (): void => {
    bars = new MultiBar({
      stream: process.stderr,
      format: (_options, _params, payload: { row: number }) => rowText(terminal, board, payload.row, width()),
      hideCursor: true,
      gracefulExit: false,
      clearOnComplete: true,
      fps: 8,
      emptyOnZero: true,
    });
    const rows = 2 + Math.min(mostFiles, Math.max(1, countsOf(board).total));
    for (let row = 0; row < rows; row += 1) bars.create(1, 0, { row });
  };
  const stop = (): void => {
    bars?.update();
    bars?.stop();
    bars = null;
  };
  start();
  return {
    say: (text) => (bars === null ? terminal.note(text) : bars.log(`${text}\n`)),
    pause: stop,
    resume: start,
    end: stop,
  };
}

function rowText(terminal: Terminal, board: Board, row: number, width: number): string {
  if (row === 0)
    return `${bar(terminal, shareDone(board), Math.min(30, width - 30))}  ${clip(boardLine(board), width - Math.min(30, width - 30) - 2)}`;
  const files = [...board.running.values()].sort((a, b) => b.progress - a.progress);
  if (row <= mostFiles && files.length <= mostFiles) {
    const file = files[row - 1];
    if (file !== undefined) return fileRow(terminal, file, width);
  }
  const nothing = row === 1 && files.length === 0 && board.waiting !== null;
  return nothing ? terminal.paint(clip(`  waiting: ${inert(board.waiting ?? '')}`, width), 'warn') : '';
}

function fileRow(terminal: Terminal, { name, progress, stage }: RunningFile, width: number): string {
  const nameWidth = Math.min(32, Math.max(12, width - 40));
  const text = pad(clip(inert(name), nameWidth), nameWidth);
  const rest = clip(inert(stage), Math.max(0, width - textWidth(text) - 26));
  return `  ${text} ${bar(terminal, progress / 100, 14)} ${String(Math.round(progress)).padStart(3)} % ${terminal.paint(rest, 'faint')}`;
}

function bar(terminal: Terminal, share: number, width: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width);
  return `${terminal.paint('█'.repeat(full), 'good')}${terminal.paint('░'.repeat(width - full), 'faint')}`;
}
