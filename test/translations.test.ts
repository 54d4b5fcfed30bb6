import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { po } from 'gettext-parser'
import { expect, test } from 'vitest'
import { extract, extractAll } from '../po/extract.ts'

const top = join(import.meta.dirname, '..')
const messages = extractAll(top)
const { translations } = po.parse(readFileSync(join(top, 'po/ko.po')))
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted()

test('messages are found with their context and plural, whatever quotes they are in', () => {
  const source = `_('One')\n  _("It's")\nC_('state', 'Run')\nngettext('{n} day', '{n} days', n)\nconst _ = 1; _(name); a._('no')`
  expect(extract(source, 'x').map(({ context, id, plural }) => [context, id, plural])).toEqual([
    ['', 'One', undefined],
    ['', "It's", undefined],
    ['state', 'Run', undefined],
    ['', '{n} day', '{n} days'],
  ])
})

test('Korean has every message of the page and no others', () => {
  const wanted = messages.map(({ context, id }) => `${context}|${id}`).toSorted()
  const there = Object.entries(translations).flatMap(([context, entries]) =>
    Object.keys(entries)
      .filter(Boolean)
      .map((id) => `${context}|${id}`),
  )
  expect(there.toSorted(), 'run: node po/extract.ts').toEqual(wanted)
  const missing = messages.filter(({ context, id }) => translations[context]?.[id]?.msgstr.some((text) => text === ''))
  expect(missing.map(({ id }) => id)).toEqual([])
})

test('Korean fills the same places as English', () => {
  for (const { context, id, plural } of messages) {
    for (const text of translations[context]?.[id]?.msgstr ?? []) {
      // A language may say a number that another spells out.
      const allowed = new Set(places(id + (plural ?? '')))
      expect(
        places(text).every((place) => allowed.has(place)),
        `${id} → ${text}`,
      ).toBe(true)
      expect(places(text).length, `${id} → ${text}`).toBeGreaterThanOrEqual(places(id).length)
    }
  }
})

test('Korean uses the terms of po/README.md', () => {
  const rows = readFileSync(join(top, 'po/README.md'), 'utf8').matchAll(/^\| [^|]+ \| [^|]+ \| ([^|\s][^|]*) \|$/gm)
  const refused = [...rows].map(([, word]) => word!.trim()).filter((word) => word !== 'not')
  expect(refused.length).toBeGreaterThan(10)
  const wrong = Object.values(translations)
    .flatMap((entries) => Object.values(entries))
    .flatMap(({ msgid, msgstr }) => refused.filter((word) => msgstr.join().includes(word)).map((word) => `${msgid}: ${word}`))
  expect(wrong).toEqual([])
})
