import type { Output } from '../../../contract/index.ts'
import { withPassword } from '../../terminal/ask-password.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { renderRows } from '../../output/report.ts'
import { bool, number, text, texts } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { registryFlags, tlsVerifyInput } from '../../flags/registry-flags.ts'
import { print } from '../../output/print.ts'

type Row = Output<'registry.search'>[number]

const longest = 44

export const search = command({
  summary: 'Search registry for image',
  description:
    'Search registries for a given image. Can search all the default registries or a specific registry.\n\nUsers can limit the number of results, and filter the output based on certain conditions.',
  usage: 'TERM',
  examples: [
    'berth search --filter=is-official --limit 3 alpine',
    'berth search registry.fedoraproject.org/',
    'berth search --list-tags docker.io/library/alpine',
    'berth search --format "table {{.Index}} {{.Name}}" registry.fedoraproject.org/fedora',
  ],
  flags: {
    authfile: registryFlags.authfile,
    'cert-dir': registryFlags['cert-dir'],
    compatible: bool('', 'List stars, official and automated columns (Docker compatibility)'),
    creds: registryFlags.creds,
    filter: texts('f', 'Filter output based on conditions provided'),
    format: text('', 'Change the output format to JSON or a Go template'),
    limit: number('', 'Limit the number of results'),
    'list-tags': bool('', 'List the tags of the input registry'),
    'no-trunc': bool('', 'Do not truncate the output'),
    'tls-verify': registryFlags['tls-verify'],
  },
  async run({ args, flags, engine }) {
    if (args.length !== 1) throw new UsageError(`accepts 1 arg(s), received ${args.length}`)
    const listTags = flags['list-tags']
    if (listTags && flags.filter.length > 0) throw new UsageError('filters are not applicable to list tags result')
    const found = await (
      await engine()
    )['registry.search']({
      term: args[0]!,
      limit: flags.limit,
      listTags,
      filters: searchFilters(flags.filter),
      credentials: await withPassword(flags.creds),
      authfile: flags.authfile,
      certDir: flags['cert-dir'],
      ...tlsVerifyInput(flags['tls-verify']),
    })
    const rows = found.map((row) => ({ ...row, Description: shorten(row.Description, flags['no-trunc']) }))
    if (flags.format === 'json') print(`${goJson(listTags ? byName(rows) : rows, 4)}\n`)
    else if (rows.length > 0)
      print(
        renderRows(rows, {
          name: 'search',
          type: 'images.searchReport',
          format: flags.format,
          normal: listTags
            ? '{{.Name}}\t{{.Tag}}'
            : `{{.Name}}\t{{.Description}}${flags.compatible ? '\t{{.Stars}}\t{{.Official}}\t{{.Automated}}' : ''}`,
        }),
      )
  },
})

/** `is-official` alone means that it is. */
function searchFilters(filters: readonly string[]): Record<string, string[]> {
  const parsed: Record<string, string[]> = {}
  for (const filter of filters) {
    const [, key = '', value = filter.startsWith('is-') ? 'true' : ''] = /^([^=]*)(?:=(.*))?$/s.exec(filter) ?? []
    ;(parsed[key] ??= []).push(value)
  }
  return parsed
}

function shorten(description: string, whole: boolean): string {
  return whole || description.length <= longest ? description : `${description.slice(0, longest)}...`
}

function byName(rows: readonly Row[]): { Name: string; Tags: string[] }[] {
  return [...Map.groupBy(rows, ({ Name }) => Name)].map(([Name, each]) => ({ Name, Tags: each.map(({ Tag }) => Tag) }))
}
