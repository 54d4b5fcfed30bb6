import { po } from 'gettext-parser'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A message of the page, and where it stands. What engine/spec says of bad values is shown there too. */
export interface Message {
  context: string
  id: string
  plural: string | undefined
  places: string[]
}

const literal = String.raw`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"`
const call = new RegExp(String.raw`(?<![\w.])(C_|_|ngettext|badValue|inContext)\(\s*(${literal})(?:\s*,\s*(${literal}))?`, 'g')

/** The value of a string literal. */
const valueOf = (text: string): string =>
  text.slice(1, -1).replace(/\\(u\{?([0-9A-Fa-f]+)\}?|.)/g, (_all, one: string, code?: string) => (code === undefined ? (one === 'n' ? '\n' : one) : String.fromCodePoint(Number.parseInt(code, 16))))

/** The messages in one source file. `_(` is a function's name too, where nothing literal follows it. */
export function extract(source: string, path: string): Message[] {
  return [...source.matchAll(call)].flatMap(([, name, first, second]): Message[] => {
    if (name !== 'C_' && name !== 'ngettext') return [{ context: '', id: valueOf(first!), plural: undefined, places: [path] }]
    if (second === undefined) throw new Error(`${path}: ${name}(${first}) needs a second literal`)
    return name === 'C_' ? [{ context: valueOf(first!), id: valueOf(second), plural: undefined, places: [path] }] : [{ context: '', id: valueOf(first!), plural: valueOf(second), places: [path] }]
  })
}

/** All messages of the page, each once. */
export function extractAll(top: string): Message[] {
  const found = new Map<string, Message>()
  for (const path of globSync(['src/**/*.{ts,tsx}', 'engine/spec/*.ts'], { cwd: top }).toSorted()) {
    if (/\.test\.tsx?$|^src\/testing\/|gettext\.ts$/.test(path)) continue
    for (const message of extract(readFileSync(join(top, path), 'utf8'), path)) {
      const key = `${message.context}\u0004${message.id}`
      const known = found.get(key)
      if (!known) found.set(key, message)
      else {
        known.plural ??= message.plural
        if (!known.places.includes(path)) known.places.push(path)
      }
    }
  }
  return [...found.values()]
}

type Translations = NonNullable<Parameters<typeof po.compile>[0]>['translations']

/** A catalogue with these messages, and the translations that `old` has for them. */
function catalogue(messages: readonly Message[], headers: Record<string, string>, forms: number, old: Translations = {}): string {
  const translations: Translations = {}
  for (const { context, id, plural, places } of messages) {
    const before = old[context]?.[id]
    translations[context] ??= {}
    translations[context][id] = {
      msgid: id,
      ...(context === '' ? {} : { msgctxt: context }),
      ...(plural === undefined ? {} : { msgid_plural: plural }),
      msgstr: before?.msgstr ?? Array.from({ length: plural === undefined ? 1 : forms }, () => ''),
      comments: { reference: places.join('\n'), ...(before?.comments?.flag ? { flag: before.comments.flag } : {}) } as never,
    }
  }
  return `${po.compile({ charset: 'utf-8', headers, translations }, { foldLength: 0 }).toString()}\n`
}

// Run by itself: writes berth.pot, and brings every catalogue up to date with it.
if (import.meta.main) {
  const top = join(import.meta.dirname, '..')
  const messages = extractAll(top)
  writeFileSync(join(import.meta.dirname, 'berth.pot'), catalogue(messages, { 'Content-Type': 'text/plain; charset=utf-8', 'Plural-Forms': 'nplurals=2; plural=n != 1;' }, 2))
  for (const name of globSync('*.po', { cwd: import.meta.dirname })) {
    const file = join(import.meta.dirname, name)
    const { headers, translations } = po.parse(readFileSync(file))
    const forms = Number(/nplurals\s*=\s*(\d+)/.exec(headers['Plural-Forms'] ?? '')?.[1] ?? 2)
    writeFileSync(file, catalogue(messages, headers, forms, translations))
  }
  console.error(`${messages.length} messages`)
}
