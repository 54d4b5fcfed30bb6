import { expect, test } from 'vitest'

import { openApi } from '../../../contract/openapi.ts'
import { page, type ApiDocument } from './page.ts'
import { typeText } from './type-text.ts'

const document = openApi('1.2.3') as unknown as ApiDocument

test('every operation of the document is on the page, which loads and runs nothing', () => {
  const html = page(document)
  const shown = html.match(/<details>/g)?.length
  expect(shown).toBe(Object.values(document.paths).flatMap((item) => Object.keys(item)).length)
  expect(html).toContain('<code>/libpod/containers/{name}/json</code>')
  expect(html).not.toMatch(/<script|<img|<link|src=|https?:\/\//)
  expect(html.match(/ id="([^"]+)"/g)).toHaveLength(new Set(html.match(/ id="([^"]+)"/g)).size)
})

test('what the document says is text, whatever it holds', () => {
  const odd = { info: { title: '<b>', version: '"', description: '&' }, paths: {} }
  expect(page(odd)).toContain('<title>&#60;b&#62; API &#34;</title>')
})

test.each([
  [{ type: 'string' }, 'string'],
  [{}, 'any'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'string' }] }, 'string | null'],
  [{ items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, '(string | null)[]'],
  [{ const: 'x' }, '"x"'],
  [{ additionalProperties: { type: 'number' } }, '{ [name]: number }'],
  [{ properties: { a: { type: 'number' }, b: { enum: [1, 2] } }, required: ['a'] }, '{\n  a: number\n  b?: 1 | 2\n}'],
])('%j reads %s', (schema, text) => {
  expect(typeText(schema)).toBe(text)
})
