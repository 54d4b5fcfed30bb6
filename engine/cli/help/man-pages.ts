import type { Command } from '../command.ts'
import { commands, hiddenCommands } from '../command-list.ts'
import type { Flag, Flags } from '../parse/flags.ts'
import { globalFlags } from '../parse/globals.ts'

/** Every public command, by its canonical name, in order. */
async function visibleCommands(): Promise<[string, Command][]> {
  const names = Object.keys(commands).filter((name) => !hiddenCommands.has(name))
  return Promise.all(names.toSorted().map(async (name) => [name, (await commands[name]?.()) as Command] as [string, Command]))
}

function synopsis(name: string, { flags, usage }: Command): string {
  return `berth ${name}${Object.keys(flags).length > 0 ? ' [options]' : ''}${usage ? ` ${usage}` : ''}`
}

function flagNames(name: string, { short, value }: Flag<unknown>): string[] {
  return [...(short ? [`-${short}`] : []), `--${name}${value ? ` ${value}` : ''}`]
}

function explain({ help, choices, initial }: Flag<unknown>): string {
  const list =
    choices && !help.includes('|') && !choices.every((choice) => help.includes(choice)) ? `: ${choices.join(', ')}` : ''
  const usual =
    initial === undefined || initial === false || initial === '' || Array.isArray(initial) ? '' : ` (default ${String(initial)})`
  return `${help}${list}${usual}`
}

/** The manual: a roff page (man(7)) for `berth` and for each command, by file name. */
export async function manPages(version: string): Promise<Record<string, string>> {
  const all = await visibleCommands()
  const list = all.map(([name, { summary }]) => `.TP\n.B berth ${roff(name)}\n${roff(summary)}\n`).join('')
  const main = `${head('berth', version)}.SH NAME\nberth \\- containers, pods and images of your own, without a daemon\n.SH SYNOPSIS\n.B berth\n[options] command\n.SH COMMANDS\n${list}.SH OPTIONS\n${options(globalFlags)}`
  const pages = all.map(([name, command]) => {
    const title = `berth-${name.replaceAll(' ', '-')}`
    const examples = command.examples
      ? `.SH EXAMPLES\n.nf\n${command.examples.map((each) => `${roff(each)}\n`).join('')}.fi\n`
      : ''
    const body = `.SH NAME\n${title} \\- ${roff(command.summary)}\n.SH SYNOPSIS\n${roff(synopsis(name, command))}\n.SH DESCRIPTION\n${roff(command.description ?? `${command.summary}.`)}\n.SH OPTIONS\n${options(command.flags)}${examples}`
    return [`${title}.1`, `${head(title, version)}${body}.SH SEE ALSO\n.BR berth (1)\n`] as const
  })
  return { 'berth.1': main, ...Object.fromEntries(pages) }
}

const head = (title: string, version: string) => `.TH ${title.toUpperCase()} 1 "" "Berth ${version}"\n`

function options(flags: Flags): string {
  return Object.entries(flags)
    .flatMap(([name, flag]) =>
      flag.hidden ? [] : [`.TP\n.B ${flagNames(name, flag).map(roff).join(', ')}\n${roff(explain(flag))}\n`],
    )
    .join('')
}

/** Text as roff takes it: no line of it is a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n')
}
