import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { po } from 'gettext-parser'

/** One language as the page loads it: `po/<language>.json`. */
export interface Catalogue {
  language: string
  /** The catalogue's own plural rule, C syntax: `nplurals=1; plural=0;`. */
  pluralForms: string
  /** Translations by message, or by `context\u0004message`; one entry per plural form. Untranslated ones are left out. */
  messages: Record<string, string[]>
}

/** Reads one catalogue. Fuzzy and empty translations are left out, so that the page falls back to English. */
export function readCatalogue(language: string, text: Buffer): Catalogue {
  const parsed = po.parse(text)
  const messages: Record<string, string[]> = {}
  for (const [context, entries] of Object.entries(parsed.translations)) {
    for (const [id, entry] of Object.entries(entries)) {
      if (id === '' || entry.comments?.flag?.includes('fuzzy') || entry.msgstr.every((text) => text === '')) continue
      messages[context === '' ? id : `${context}\u0004${id}`] = entry.msgstr
    }
  }
  return { language, pluralForms: parsed.headers['Plural-Forms'] ?? 'nplurals=2; plural=n != 1;', messages }
}

/** Writes `po/<language>.json` below `page` for every `<language>.po` of `from`, and `po/index.json` with their names. */
export function writeCatalogues(from: string, page: string): void {
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.po')) : []
  mkdirSync(join(page, 'po'), { recursive: true })
  const languages = names.map((name) => name.slice(0, -'.po'.length)).toSorted()
  for (const language of languages) {
    const catalogue = readCatalogue(language, readFileSync(join(from, `${language}.po`)))
    writeFileSync(join(page, 'po', `${language}.json`), JSON.stringify(catalogue))
  }
  writeFileSync(join(page, 'po/index.json'), JSON.stringify(languages))
}
