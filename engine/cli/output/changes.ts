import type { Output } from '../../contract/index.ts'
import { UsageError } from '../parse/usage-error.ts'
import { goJson } from './go-json.ts'
import { print } from './print.ts'

const letters = ['C', 'A', 'D']

/** @throws UsageError for what `diff --format` does not have. */
export function checkFormat(format: string | undefined): void {
  if (format !== undefined && format !== '' && format !== 'json')
    throw new UsageError("only supported value for '--format' is 'json'")
}

/** What differs, a line for each file or, as JSON, a list for each kind. */
export function printChanges(found: NonNullable<Output<'container.changes'>>, format: string | undefined): void {
  if (format !== 'json') {
    print(found.map(({ Path, Kind }) => `${letters[Kind] ?? '?'} ${Path}\n`).join(''))
    return
  }
  const of = (kind: number) => found.filter(({ Kind }) => Kind === kind).map(({ Path }) => Path)
  const lists = Object.entries({ changed: of(0), added: of(1), deleted: of(2) }).filter(([, paths]) => paths.length > 0)
  print(`${goJson(Object.fromEntries(lists), 5)}\n`)
}
