import type { Command } from '../command.ts'
import type { Flags } from '../parse/flags.ts'
import type { SkopeoCommand } from './command-list.ts'
import { skopeoFlags } from './globals.ts'

/** What `skopeo --help` shows. */
export function skopeoOverview(commands: Readonly<Record<string, SkopeoCommand>>): string {
  const help = { summary: 'Help about any command' }
  const lines = Object.entries<Pick<SkopeoCommand, 'summary'>>({ ...commands, help })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { summary }]) => `  ${name.padEnd(46)}${summary}\n`)
  const flags = { ...skopeoFlags, version: { ...skopeoFlags.debug, short: 'v', help: 'Version for Skopeo' } }
  return (
    'Various operations with container images and container image registries\n\n' +
    `Usage:\n  skopeo [flags]\n  skopeo [command]\n\nAvailable Commands:\n${lines.join('')}\nFlags:\n${flagText(flags)}\n` +
    'Use "skopeo [command] --help" for more information about a command.\n'
  )
}

/** What `skopeo COMMAND --help` shows. */
export function skopeoHelp(name: string, command: Command): string {
  const own = Object.fromEntries(Object.entries(command.flags).filter(([key]) => key === 'tls-verify' || !(key in skopeoFlags)))
  const help = { ...skopeoFlags.help, help: `help for ${name}` }
  const examples = command.examples?.map((example) => example.replace(/^berth (image )?/, 'skopeo ')) ?? []
  return (
    `${command.description ?? command.summary}\n\nUsage:\nskopeo ${name}${Object.keys(own).length > 0 ? ' [command options]' : ''} ${command.usage ?? ''}\n\n` +
    (examples.length > 0 ? `Examples:\n${examples.join('\n')}\n\n` : '') +
    `Flags:\n${flagText({ ...own, help })}\n`
  )
}

function flagText(flags: Flags): string {
  const visible = Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const heads = visible.map(
    ([name, { short, value }]) => `  ${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
  )
  const width = Math.max(...heads.map(({ length }) => length)) + 3
  return visible.map(([, { help }], i) => `${heads[i]!.padEnd(width)}${help}\n`).join('')
}
