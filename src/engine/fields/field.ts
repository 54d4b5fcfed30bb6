import { problemIn } from '../../i18n/problem.ts'

/** What is wrong with a row: a sentence, and the values that are to blame for it. */
export interface RowError {
  readonly message: string
  readonly cells: readonly string[]
}

/** What is wrong with a field: a sentence, or what is wrong with each of its rows. */
type FieldError = string | undefined | readonly (RowError | undefined)[]

/** What is wrong, by field. */
export type FieldErrors<Draft> = {
  [Name in keyof Draft]?: (Draft[Name] extends readonly unknown[] ? readonly (RowError | undefined)[] : string) | undefined
}

/**
 * A field of a form. From it come the check before the engine is asked, the request, and the equivalent command line, which is what
 * people learn from: both say the same.
 */
export interface Field<Draft, Request> {
  /** Its name in the draft. */
  readonly name: keyof Draft & string
  /** The flags it has on the command line; none: it is an argument. */
  readonly flags: readonly string[]
  /** What it is on the command line, flags and all. */
  words(draft: Draft): string[]
  /** Its part of the request. @throws EngineError for what {@link check} finds wrong */
  request(draft: Draft): Partial<Request>
  check(draft: Draft): FieldError
}

/** How a field with one value is read. */
interface TextField<Draft, Request> {
  /** The flag's value; empty where the field says nothing. */
  text: (draft: Draft) => string
  /** The text's part of the request. @throws EngineError for a bad value */
  read: (text: string) => Partial<Request>
  /** What else must hold. @throws EngineError */
  require?: (draft: Draft) => void
}

/** A flag with one value. */
export function textField<Draft, Request>(
  name: keyof Draft & string,
  flag: string,
  { text, read, require }: TextField<Draft, Request>,
): Field<Draft, Request> {
  const request = (draft: Draft) => (text(draft) === '' ? {} : read(text(draft)))
  return {
    name,
    flags: [flag],
    words: (draft) => (text(draft) === '' ? [] : [flag, text(draft)]),
    request,
    check: (draft) =>
      problemIn(() => {
        require?.(draft)
        request(draft)
      }),
  }
}

/** How a field with rows is read. */
interface RowsField<Draft, Row, Request> {
  rows: (draft: Draft) => readonly Row[]
  /** The flag's value for a row; empty for a row that says nothing. */
  text: (row: Row) => string
  /** All texts' part of the request. @throws EngineError for a bad value */
  read: (texts: readonly string[]) => Partial<Request>
  /** What else must hold for a row that says something. @throws EngineError */
  require?: (row: Row, all: readonly Row[]) => void
  /** A row with nothing wrong, whose values tell which of another row's is to blame. */
  sample: Row
}

/** A flag that is given once for each row. */
export function rowsField<Draft, Row extends Record<string, string>, Request>(
  name: keyof Draft & string,
  flag: string,
  { rows, text, read, require, sample }: RowsField<Draft, Row, Request>,
): Field<Draft, Request> {
  const texts = (draft: Draft) =>
    rows(draft)
      .map(text)
      .filter((each) => each !== '')
  const check = (row: Row, all: readonly Row[]) => {
    if (text(row) === '') return
    require?.(row, all)
    read([text(row)])
  }
  return {
    name,
    flags: [flag],
    words: (draft) => texts(draft).flatMap((each) => [flag, each]),
    request: (draft) => (texts(draft).length === 0 ? {} : read(texts(draft))),
    check: (draft) =>
      rows(draft).map((row, at) => {
        const problem = (tried: Row) => problemIn(() => check(tried, rows(draft).with(at, tried)))
        const message = problem(row)
        return message === undefined ? undefined : { message, cells: cellsToBlame(row, sample, problem) }
      }),
  }
}

/** The values of a bad row that are to blame: the one without which it is good, or else each that is bad in a good row. */
function cellsToBlame<Row extends Record<string, string>>(
  row: Row,
  sample: Row,
  problem: (row: Row) => string | undefined,
): readonly string[] {
  const names = Object.keys(sample)
  const one = names.find((name) => problem({ ...row, [name]: sample[name] }) === undefined)
  return one === undefined ? names.filter((name) => problem({ ...sample, [name]: row[name] }) !== undefined) : [one]
}

/** Flags without a value that one switch turns on. */
export function switchField<Draft, Request>(
  name: keyof Draft & string,
  flags: readonly string[],
  isOn: (draft: Draft) => boolean,
  request: Partial<Request>,
): Field<Draft, Request> {
  return {
    name,
    flags,
    words: (draft) => (isOn(draft) ? [...flags] : []),
    request: (draft) => (isOn(draft) ? request : {}),
    check: () => undefined,
  }
}

/** One text of several values between spaces or commas, and a flag for each of them. */
export function listField<Draft, Request>(
  name: keyof Draft & string,
  flag: string,
  { text, read }: Pick<TextField<Draft, Request>, 'text'> & { read: (values: string[]) => Partial<Request> },
): Field<Draft, Request> {
  const values = (draft: Draft) =>
    text(draft)
      .split(/[\s,]+/)
      .filter((each) => each !== '')
  const request = (draft: Draft) => (values(draft).length === 0 ? {} : read(values(draft)))
  return {
    name,
    flags: [flag],
    words: (draft) => values(draft).flatMap((each) => [flag, each]),
    request,
    check: (draft) => problemIn(() => request(draft)),
  }
}

/** Words behind the flags. */
export function argumentField<Draft, Request>(
  name: keyof Draft & string,
  { words, request, require }: Pick<Field<Draft, Request>, 'words' | 'request'> & { require?: (draft: Draft) => void },
): Field<Draft, Request> {
  return { name, flags: [], words, request, check: (draft) => problemIn(() => require?.(draft)) }
}

type Fields<Draft, Request> = readonly Field<Draft, Request>[]

/** Looks for what the engine would refuse, before it is asked. */
export function checkFields<Draft>(fields: Fields<Draft, object>, draft: Draft): FieldErrors<Draft> {
  // A field with rows has a row of errors, by how it was made.
  return Object.fromEntries(fields.map((field) => [field.name, field.check(draft)])) as FieldErrors<Draft>
}

/** Whether nothing is wrong. */
export function isSound<Draft>(errors: FieldErrors<Draft>): boolean {
  return Object.values<FieldError>(errors as Record<string, FieldError>)
    .flat()
    .every((error) => error === undefined)
}

/** The request that all fields together make. What several fields say of one object is put together, at any depth. */
export function requestOf<Draft, Request extends object>(fields: Fields<Draft, Request>, draft: Draft): Partial<Request> {
  return fields.reduce<object>((request, field) => join(request, field.request(draft)), {}) as Partial<Request>
}

function join(one: object, other: object): object {
  const joined: Record<string, unknown> = { ...one }
  for (const [key, value] of Object.entries(other)) {
    const before = joined[key]
    if (isObject(before) && isObject(value)) joined[key] = join(before, value)
    else if (Array.isArray(before) && Array.isArray(value)) joined[key] = [...before, ...value]
    else joined[key] = value
  }
  return joined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The words of all fields: flags, then arguments. */
export function wordsOf<Draft>(fields: Fields<Draft, object>, draft: Draft): string[] {
  const isArgument = ({ flags }: Field<Draft, object>) => flags.length === 0
  return [...fields.filter((field) => !isArgument(field)), ...fields.filter(isArgument)].flatMap((field) => field.words(draft))
}
