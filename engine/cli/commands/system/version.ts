import type { Output } from '../../../contract/index.ts'
import { apiVersion } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { renderValue } from '../../output/report.ts'
import { typed } from '../../output/template/typed.ts'
import { text } from '../../parse/flags.ts'
import { readVersion } from '../../version.ts'
import { print } from '../../output/print.ts'

export const version = command({
  summary: 'Display the version information',
  flags: { format: text('f', 'Change the output format to JSON or a Go template') },
  args: { max: 0 },
  async run({ flags, engine, remote }) {
    const client = {
      APIVersion: apiVersion,
      Version: readVersion(),
      NodeVersion: process.version,
      OsArch: `${process.platform}/${architecture()}`,
      Os: process.platform,
    }
    const server = remote ? serverOf(await (await engine())['system.version']({})) : undefined
    const value = { Client: client, ...(server ? { Server: server } : {}) }
    if (flags.format === 'json') print(`${goJson(value, 0)}\n`)
    else if (flags.format) print(await byTemplate(flags.format, { Server: client, ...value }))
    else print(lines('Client', 'Berth Engine', client) + (server ? `\n${lines('Server', server.Name, server)}` : ''))
  },
})

/** A template of one version's fields is taken for the client's, as by podman. */
async function byTemplate(format: string, value: { Client: object; Server: object }): Promise<string> {
  const { systemTypes } = await import('../../output/template/types/system.ts')
  const whole = typed(systemTypes, 'types.SystemVersionReport', value) as typeof value
  return /\.(?:Client|Server)\b|\{\{ *\. *\}\}|json \./.test(format)
    ? renderValue('version', '*types.SystemVersionReport', format, whole)
    : renderValue('version', '*define.Version', format, whole.Client)
}

interface Side {
  Version: string
  APIVersion: string
  OsArch: string
}

function serverOf(answer: Output<'system.version'>): Side & { Name: string; Os: string } {
  const [component] = answer.Components
  const os = `${answer.Os}/${answer.Arch}`
  return {
    Name: component?.Name ?? 'Engine',
    Version: answer.Version,
    APIVersion: component?.Details?.['APIVersion'] ?? answer.ApiVersion,
    OsArch: os,
    Os: answer.Os,
  }
}

function lines(side: string, name: string, { Version, APIVersion, OsArch }: Side): string {
  const rows = [`${side}:`, name, 'Version:', Version, 'API Version:', APIVersion, 'OS/Arch:', OsArch]
  let text = ''
  for (let index = 0; index < rows.length; index += 2) text += `${(rows[index] ?? '').padEnd(15)}${rows[index + 1]}\n`
  return text
}

function architecture(): string {
  return { x64: 'amd64', ia32: '386' }[process.arch as 'x64'] ?? process.arch
}
