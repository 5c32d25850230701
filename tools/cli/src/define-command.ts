import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { readEnvironment } from './config.js';
import { createContext, type Context } from './context.js';
import { exitCodes, type ExitCode } from './exit-codes.js';

const commonFlags = z.object({
  url: z.string().optional(),
  key: z.string().optional(),
  profile: z.string().optional(),
  config: z.string().optional(),
  json: z.boolean().optional(),
  yes: z.boolean().optional(),
});

/** One command of `i2m`. */
export interface CommandSpec<S extends z.ZodRawShape> {
  /** With its arguments, as commander writes them: `show <batch>`. */
  name: string;
  summary: string;
  /** Shown by --help, without `i2m`. */
  examples: readonly string[];
  /** Flags, as commander writes them, with what they mean. */
  flags?: readonly (readonly [
    flags: string,
    meaning: string,
    parse?: (text: string, before: unknown) => unknown,
  ])[];
  /** What the flags hold. */
  options: S;
  /** @returns what the process ends with */
  run(
    context: Context,
    options: z.output<z.ZodObject<S>>,
    args: readonly string[],
  ): Promise<ExitCode | undefined>;
}

/** Makes the commander command of a spec. */
export function defineCommand<S extends z.ZodRawShape>({
  name,
  summary,
  examples,
  flags = [],
  options,
  run,
}: CommandSpec<S>): Command {
  const command = new Command(name.split(' ')[0]).description(summary);
  for (const argument of name.split(' ').slice(1)) command.argument(argument);
  for (const [flag, meaning, parse] of flags) {
    if (parse === undefined) command.option(flag, meaning);
    else command.option(flag, meaning, parse);
  }
  command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ i2m ${line}`).join('\n')}`);
  const schema = z.object(options);
  command.action(async function (this: Command) {
    const given: unknown = this.optsWithGlobals();
    const context = createContext(readEnvironment(), commonFlags.parse(given));
    process.exitCode = (await run(context, schema.parse(given), this.args)) ?? exitCodes.ok;
  });
  return command;
}

/** A group of commands. */
export function defineGroup(name: string, summary: string, commands: readonly Command[]): Command {
  const group = new Command(name).description(summary);
  for (const command of commands) group.addCommand(command);
  return group;
}

/** Reads a flag that is a number. */
export const numberFlag =
  ({ min, max, whole = true }: { min: number; max: number; whole?: boolean }) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value)))
      return value;
    throw new InvalidArgumentError(`Give a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
  };

/** Reads a flag that has one of a few values. */
export const choiceFlag =
  (choices: readonly string[]) =>
  (text: string): string => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`Give one of: ${choices.join(', ')}.`);
  };
