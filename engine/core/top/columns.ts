import { EngineError } from '../../errors/index.ts'
import { type Column, columnOf, columns } from './descriptors.ts'

const usual = ['user', 'pid', 'ppid', 'pcpu', 'etime', 'tty', 'time', 'args']

/** The forms of ps(1) that people and Docker's clients use, as the columns that say the same. */
const forms: Record<string, readonly string[]> = {
  '-ef': ['uid', 'pid', 'ppid', 'pcpu', 'stime', 'tty', 'time', 'args'],
  '-e': ['pid', 'tty', 'time', 'comm'],
  aux: ['user', 'pid', 'pcpu', 'vsz', 'rss', 'tty', 'state', 'stime', 'time', 'args'],
  '-aux': ['user', 'pid', 'pcpu', 'vsz', 'rss', 'tty', 'state', 'stime', 'time', 'args'],
}

/** Whether arguments are podman's descriptors alone, with commas between them or each a word. */
export function isDescriptors(words: readonly string[]): boolean {
  return words.flatMap((word) => word.split(',')).every((word) => word === '' || Object.hasOwn(columns, word.toLowerCase()))
}

/**
 * The columns that top's arguments ask for: podman's descriptors, separated by commas or spaces, or ps(1)'s `-ef`, `aux`
 * and `-eo user,pid`. No program is started: the answer comes from /proc, so images without ps have a top too.
 *
 * @throws EngineError `InvalidArgument`, naming what is not known.
 */
export function chooseColumns(args: readonly string[]): Column[] {
  const words = args.flatMap((arg) => arg.split(/[\s,]+/)).filter(Boolean)
  if (words.length === 0) return usual.map((name) => columns[name] as Column)
  const [first = '', ...rest] = words
  const form = Object.hasOwn(forms, first) ? forms[first] : undefined
  if (form && rest.length === 0) return form.map((name) => columns[name] as Column)
  const wanted = /^-[eA]*o$/.test(first) ? rest : words
  return wanted.map((word) => {
    const column = columnOf(word)
    if (column) return column
    throw new EngineError(
      'InvalidArgument',
      `"${word}" is nothing that top can show; use one of ${Object.keys(columns).join(', ')}, or -ef or aux.`,
      { details: { descriptor: word } },
    )
  })
}
