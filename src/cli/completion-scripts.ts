// Scripts by which bash, zsh and fish complete a command line. Invariant: where nothing of what is known fits, the shell
// completes files; descriptions are quoted, whatever they hold.

import type { WordKind } from "./words.ts";

export interface Completions {
  /** What the program is called. */
  readonly program: string;
  readonly commands: readonly CommandWords[];
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** What its arguments may be. */
  readonly values: Values;
  readonly options: readonly OptionWords[];
}

export interface OptionWords {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly values: Values;
}

/** What a value may be; anything, where there are neither words nor a kind. */
export interface Values {
  readonly words: readonly string[];
  /** Words that the program is asked for while somebody types. */
  readonly kind?: WordKind;
}

/**
 * bash splits words at `=` and `:`, too: so the word to complete is taken from the line, and what stands before its last
 * colon is left out of the replies where bash has split it off.
 */
export function bashScript({ program, commands }: Completions): string {
  const set = ({ words, kind }: Values): string => `words='${words.join(" ")}'${kind ? ` kind=${kind}` : ""}`;
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map((option) => `    '${name} ${option.name}') ${set(option.values)} ;;`),
  );
  const words = commands.map(
    ({ name, options, values: own }) =>
      `    '${name}') if [[ $cur == -* ]]; then words='${options.map((option) => option.name).join(" ")} --help'; else ${set(own)}; fi ;;`,
  );
  return `# Completion of ${program} for bash.
_${program}() {
  local line=\${COMP_LINE:0:COMP_POINT} cur='' prev='' command='' words='' kind='' word whole
  local -a typed
  read -ra typed <<< "$line"
  if [[ $line != *[[:space:]] ]]; then cur=\${typed[-1]}; unset 'typed[-1]'; fi
  whole=$cur
  prev=\${typed[-1]}
  if [[ $cur == --*=* ]]; then prev=\${cur%%=*}; cur=\${cur#*=}
  elif [[ $cur != -* ]]; then cur=\${cur#[\\'\\"]}; fi
  for word in "\${typed[@]:1}"; do
    if [[ $word != -* ]]; then command=$word; break; fi
  done
  case "$command $prev" in
${values.join("\n")}
    *) case "$command" in
    '') words='${commands.map(({ name }) => name).join(" ")} --help --version' ;;
${words.join("\n")}
    esac ;;
  esac
  if [[ -n $kind ]]; then words+=" $(${program} words $kind "$cur" 2> /dev/null)"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ $cur == *:* && \${COMP_WORDS[COMP_CWORD]} != "$whole" ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*:}"}"}")
  fi
}
complete -o default -F _${program} ${program}
`;
}

export function zshScript({ program, commands }: Completions): string {
  const names = commands.map(({ name, description }) => `    ${zshQuote(`${name}:${zshEscape(description)}`)}`);
  const cases = commands.map(({ name, values, options }) => {
    const specs = [
      ...options.map(({ name: option, description, takesValue, values: choices }) => {
        const value = takesValue ? `:value:${zshValues(choices, program)}` : "";
        return zshQuote(`*${option}[${zshEscape(description)}]${value}`);
      }),
      zshQuote("--help[show how it is used]"),
      zshQuote(`*:argument:${zshValues(values, program)}`),
    ];
    return `    ${name})\n      _arguments ${specs.join(" \\\n        ")} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh.
_${program}_words() {
  local -a known=($@[2,-1] \${(f)"$(${program} words $1 "$PREFIX" 2> /dev/null)"})
  compadd -a known
  _files
}
_${program}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${names.join("\n")}
  )
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
  command) _describe command commands ;;
  argument)
    case $line[1] in
${cases.join("\n")}
    esac ;;
  esac
}
if [[ $funcstack[1] == _${program} ]]; then _${program} "$@"; else compdef _${program} ${program}; fi
`;
}

function zshValues({ words, kind }: Values, program: string): string {
  // After a space, zsh adds no arguments of its own.
  if (kind !== undefined) return ` _${program}_words ${[kind, ...words].join(" ")}`;
  return words.length === 0 ? "_files" : `(${words.join(" ")})`;
}

/** What means something in a specification of \`_arguments\`. */
function zshEscape(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function fishScript({ program, commands }: Completions): string {
  const list = ({ words, kind }: Values): string =>
    fishQuote([...words, ...(kind === undefined ? [] : [`(${program} words ${kind} (commandline -ct))`])].join(" "));
  const lines = commands.flatMap(({ name, description, values, options }) => {
    const seen = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
    // Kernels may be files, too; everything else that is listed may not.
    const only = values.kind === "kernels" ? "" : " -f";
    return [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${fishQuote(description)}`,
      ...(isOpen(values) ? [] : [`${seen}${only} -a ${list(values)}`]),
      ...options.map((option) => {
        // -x: a value that is no file; -r: one that may be.
        const value = isOpen(option.values) ? (option.takesValue ? " -r" : "") : ` -x -a ${list(option.values)}`;
        return `${seen} -l ${option.name.replace(/^--/, "")}${value} -d ${fishQuote(option.description)}`;
      }),
    ];
  });
  return `# Completion of ${program} for fish.\n${lines.join("\n")}\n`;
}

/** Whether anything may stand there. */
function isOpen({ words, kind }: Values): boolean {
  return words.length === 0 && kind === undefined;
}

function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
