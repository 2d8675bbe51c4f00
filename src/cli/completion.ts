// `tpabi completion`: prints a script by which a shell completes commands, options and their values.
// Invariant: made from the commands themselves, so it knows what they know.

import { Argument, type Command, type Option } from "commander";

import type { Completions, Values } from "./completion-scripts.ts";
import type { WordKind } from "./words.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

const EXAMPLES = `
Examples:
  source <(tpabi completion bash)                            in ~/.bashrc
  source <(tpabi completion zsh)                             in ~/.zshrc, after compinit
  tpabi completion fish > ~/.config/fish/completions/tpabi.fish
`;

export function define(command: Command): void {
  command.addArgument(new Argument("<shell>", "the shell").choices(SHELLS)).addHelpText("after", EXAMPLES).action(run);
}

async function run(shell: (typeof SHELLS)[number]): Promise<void> {
  const [scripts, { createProgram }, { rules }, { NOTICES }] = await Promise.all([
    import("./completion-scripts.ts"),
    import("./program.ts"),
    import("../rules/index.ts"),
    import("../rules/notices.ts"),
  ]);
  const write = { bash: scripts.bashScript, zsh: scripts.zshScript, fish: scripts.fishScript }[shell];
  const ids = [...rules, ...NOTICES].map(({ id }) => id);
  process.stdout.write(write(completionsOf(await createProgram(), ids)));
}

/** What arguments and options mean whose values are no fixed list, by their names in the help. */
const MEANINGS: Readonly<Record<string, WordKind | "rules">> = {
  before: "kernels",
  after: "kernels",
  kernel: "kernels",
  source: "kernels",
  running: "kernels",
  version: "kernels",
  "--kernel": "kernels",
  event: "events",
  name: "events",
  "--event": "events",
  rule: "rules",
};

/** What there is to complete; a command's own commands are what may follow it, with the options of all of them. */
function completionsOf(program: Command, rules: readonly string[]): Completions {
  const valuesOf = (name: string, choices: readonly string[] = []): Values => {
    const meaning = MEANINGS[name];
    if (meaning === "rules") return { words: rules };
    return { words: choices, ...(meaning === undefined ? {} : { kind: meaning }) };
  };
  return {
    program: program.name(),
    commands: program
      .createHelp()
      .visibleCommands(program)
      .filter(isOwn)
      .map((command) => {
        const own = [command, ...command.commands];
        const values = own.flatMap(({ registeredArguments }) =>
          registeredArguments.map((argument) => valuesOf(argument.name(), argument.argChoices)),
        );
        const kind = values.find((value) => value.kind !== undefined)?.kind;
        return {
          name: command.name(),
          description: command.description(),
          values: {
            words: [...command.commands.map((inner) => inner.name()), ...values.flatMap(({ words }) => words)],
            ...(kind === undefined ? {} : { kind }),
          },
          options: distinct([...own, program].flatMap(({ options }) => options)).map((option) => ({
            name: option.long ?? option.flags,
            description: option.description,
            takesValue: option.required || option.optional,
            values: valuesOf(option.long ?? "", option.argChoices),
          })),
        };
      }),
  };
}

/** commander's own command for help is none of ours. */
function isOwn(command: Command): boolean {
  return command.name() !== "help";
}

/** Of options of one name the first. */
function distinct(options: readonly Option[]): readonly Option[] {
  return [...new Map(options.toReversed().map((option) => [option.long, option])).values()].toReversed();
}
