import { printable } from '../../errors/index.ts'
import { UsageError } from '../parse/usage-error.ts'
import { alignTable } from './table.ts'
import { print } from './print.ts'
import { executeTemplate } from './template/execute.ts'
import { isFunction } from './template/functions.ts'
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

/** Rows as a table or by a template. @throws UsageError for an invalid template or unknown fields, with podman's message. */
export function renderRows(rows: readonly object[], options: ReportOptions): string {
  const given = options.format === undefined || options.format === '' ? `table ${options.normal}` : options.format
  const table = given.startsWith('table ')
  const template = normalized(table ? given.slice('table '.length) : given)
  const text = `{{range .}}${table ? blanksAsTabs(template) : template}{{end -}}`
  return render(table, () => {
    const parsed = parseTemplate(options.name, text, isFunction)
    const execute = (list: readonly object[]): string =>
      executeTemplate(parsed, list, { type: options.type, rows: new Set(list) })
    if (!table) return execute(rows)
    const heading = options.noHeading ? '' : execute([headingOf(options)])
    return alignTable(printable(heading + execute(rows)))
  })
}

/** Values by a template, a line each. @throws UsageError */
export const renderEach = (values: readonly object[], name: string, type: string, format: string): string =>
  renderRows(values, { name, type, format, normal: '', noHeading: true })

/** One value by a template. @throws UsageError */
export function renderValue(name: string, type: string, format: string, value: unknown): string {
  return render(false, () => {
    const parsed = parseTemplate(name, normalized(format), isFunction)
    return executeTemplate(parsed, value, { type, rows: new Set([value]) })
  })
}

/** As podman: blanks between actions make columns as well. */
const blanksAsTabs = (template: string): string => template.replace(/\{\{.*?\}\}| /gs, (part) => (part === ' ' ? '\t' : part))

/**
 * As podman: `\\t` and `\\n` between actions are a tab and a line break, those in an action's texts are the template's own; and the
 * output gets a line break, unless the template ends with one.
 */
function normalized(format: string): string {
  const template = format.replace(/\{\{.*?\}\}|\\[tn]/gs, (part) => (part === '\\t' ? '\t' : part === '\\n' ? '\n' : part))
  return template.endsWith('\n') || template.endsWith('{{"\\n"}}') ? template : `${template}{{"\\n"}}`
}

function headingOf({ headings = {} }: ReportOptions): object {
  const name = (field: string) => headings[field] ?? splitWords(field).join(' ').toUpperCase()
  // The heading of `{{.Label "x"}}` is what docker's is: the label's name.
  const value = (field: string) => (field === 'Label' ? (label: unknown) => String(label) : name(field))
  return new Proxy({}, { has: () => true, get: (_, field) => (typeof field === 'string' ? value(field) : undefined) })
}

/** As podman's headings are made of fields' names: `MemUsage` is two words, and `IPv6Enabled` is `I Pv 6 Enabled`. */
const splitWords = (name: string): string[] =>
  name.match(/\p{Lu}(?=\p{Ll})\p{Ll}*|\p{Lu}+(?!\p{Ll})|\p{Ll}+|\d+|[^\p{Lu}\p{Ll}\d]+/gu) ?? [name]

function render(table: boolean, work: () => string): string {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    // What was executed before the failure is printed, as by podman; a table has no lines yet then.
    if (!table) print(error.output)
    throw new UsageError(error.message)
  }
}
