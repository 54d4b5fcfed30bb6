import { printable } from '../../errors/index.ts'
import { UsageError } from '../parse/usage-error.ts'
import { alignTable } from './table.ts'
import { executeTemplate } from './template/execute.ts'
import { parseTemplate } from './template/parse.ts'
import { TemplateError } from './template/tree.ts'

export interface ReportOptions {
  /** The command, for messages. */
  name: string
  /** The rows' type as podman names it. */
  type: string
  /** `--format`: a template, with `table ` in front for columns under headings. */
  format?: string
  /** Used when there is no `--format`; a table. */
  normal: string
  /** Headings that are not the field's own name in capitals. */
  headings?: Readonly<Record<string, string>>
  noHeading?: boolean
}

/** Rows as a table or by a template. @throws UsageError for an invalid template or unknown fields. */
export function renderRows(rows: readonly object[], options: ReportOptions): string {
  const given = options.format === undefined || options.format === '' ? `table ${options.normal}` : options.format
  const table = /^table\b/.test(given)
  const template = normalized(given.replace(/^table\s*/, ''))
  return renderTemplate(options.name, () => {
    // As podman: blanks between fields make columns as well.
    const nodes = parseTemplate(table ? template.replaceAll('}} {{', '}}\t{{') : template)
    const line = (row: unknown): string => executeTemplate(nodes, row, options)
    const lines = rows.map(line)
    if (!table) return lines.join('')
    const all = [...(options.noHeading ? [] : [line(heading(options))]), ...lines]
    return alignTable(printable(all.join('')))
  })
}

/** One value by a template. */
export function renderValue(name: string, type: string, format: string, value: unknown): string {
  return renderTemplate(name, () => executeTemplate(parseTemplate(normalized(format)), value, { type }))
}

/** As podman: the output of a template gets a line break, unless the template ends with one. */
function normalized(format: string): string {
  const template = format.replaceAll('\\t', '\t').replaceAll('\\n', '\n')
  return template.endsWith('\n') ? template : `${template}\n`
}

function heading({ headings = {} }: ReportOptions): object {
  const name = (field: string) => headings[field] ?? field.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()
  return new Proxy({}, { has: () => true, get: (_, field) => (typeof field === 'string' ? name(field) : undefined) })
}

function renderTemplate(name: string, work: () => string): string {
  try {
    return work()
  } catch (error) {
    if (error instanceof TemplateError) throw new UsageError(`template: ${name}: ${error.message}`)
    throw error
  }
}
