import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from 'vitest'

// docs/glossary.md names, in its last column, words that a newcomer would have to translate. Nothing of ours may use them.

const root = path.join(import.meta.dirname, '..')

/** Places that may hold a refused word, with the reason. A word is named as the glossary has it. */
const exceptions: readonly { file: RegExp; words?: readonly string[]; reason: string }[] = [
  { file: /^docs\/glossary\.md$/, reason: 'the list itself' },
  { file: /^test\/words\.test\.ts$/, reason: 'tells what is refused' },
  { file: /^CHANGELOG\.md$/, reason: 'says what earlier versions were' },
]

/** The words of the last column, each as its parts: `give back` stands for `giveBack` and `gives` is another word. */
function refusedWords(glossary: string): string[] {
  const rows = glossary.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| word '))
  return rows.flatMap((row) =>
    row
      .split('|')[3]!
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
}

/** A test of text for a word, also as a part of a name in camel case, kebab case or snake case. */
function matcher(word: string): RegExp {
  const letters = (part: string): string => part.replaceAll(/['’]/g, "['’]")
  return new RegExp(`\\b${word.split(' ').map(letters).join('[\\s_*/>-]+')}\\b`, 'g')
}

/** Text in lower case, with names divided into their words. */
const spelled = (text: string): string =>
  text
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1 ')
    .replace(/([A-Z])(?=[A-Z][a-z])/g, '$1 ')
    .replaceAll('_', ' ')
    .toLowerCase()

const words = refusedWords(readFileSync(path.join(root, 'docs/glossary.md'), 'utf8'))

/** The refused words of a text, each with the number of its line. */
function findings(text: string): { word: string; line: number }[] {
  const lower = spelled(text)
  return words.flatMap((word) =>
    [...lower.matchAll(matcher(word))].map(({ index }) => ({ word, line: lower.slice(0, index).split('\n').length })),
  )
}

const ours = /\.(ts|tsx|mjs|js|sh|md|service|socket|timer|conf|html|css)$|^packaging\/bin\//

function files(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return listed.split('\n').filter((file) => ours.test(file))
}

test('the glossary names words to refuse, and each is found', () => {
  expect(words).toContain('whoever')
  for (const word of words) expect(findings(`a ${word} here`).map((found) => found.word)).toContain(word)
  expect(findings('const mendStore = 1\n// Lent, and\n * passed\n * over').map(({ word, line }) => `${word} ${line}`)).toEqual([
    'mend 1',
    'lent 2',
    'passed over 3',
  ])
  expect(findings('amend recommends excellent silent marshall')).toEqual([])
})

test('code, comments, messages and documents use the words of docs/glossary.md', () => {
  const found = files().flatMap((file) => {
    const allowed = exceptions.filter((each) => each.file.test(file))
    if (allowed.some((each) => each.words === undefined)) return []
    let text: string
    try {
      text = readFileSync(path.join(root, file), 'utf8')
    } catch {
      return []
    }
    return [...findings(file).map(({ word }) => ({ word, line: 0 })), ...findings(text)]
      .filter(({ word }) => !allowed.some((each) => each.words!.includes(word)))
      .map(({ word, line }) => `${file}:${line}: ${word}`)
  })
  expect(found.join('\n')).toBe('')
})

test('translated texts use the words, too', () => {
  const catalogue = readFileSync(path.join(root, 'po/ko.po'), 'utf8')
  const originals = catalogue.split('\n').map((line) => (line.startsWith('msgstr') ? '' : line))
  expect(findings(originals.join('\n')).map(({ word, line }) => `po/ko.po:${line}: ${word}`)).toEqual([])
})
