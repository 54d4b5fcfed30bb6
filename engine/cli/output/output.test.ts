import { expect, test } from 'vitest'

import { goTime } from './go-time.ts'
import { renderRows, renderValue } from './report.ts'
import { UsageError } from '../parse/usage-error.ts'
import { alignTable } from './table.ts'

test.each(['{{"\\x4"}}', '{{printf 3 .ID}}', '{{pad .ID -1 0}}', '{{.constructor}}', '{{slice .Size 1}}'])(
  'the template %j is refused with a message',
  (format) => expect(() => renderValue('x', 'Value', format, { ID: 'a', Size: 1 })).toThrow(UsageError),
)

test('what an image says of itself cannot take over the terminal that a table comes to', () => {
  const rows = [{ CreatedBy: 'RUN \u001b[8mhidden', ID: 'a' }]
  const options = { name: 'history', type: 'x', normal: '{{.CreatedBy}}\t{{.ID}}' }
  expect(renderRows(rows, options)).toBe('CREATED BY         ID\nRUN \\x1b[8mhidden  a\n')
  // Scripts get what there is.
  expect(renderRows(rows, { ...options, format: '{{.CreatedBy}}' })).toBe('RUN \u001b[8mhidden\n')
})

test('a template’s text ends with a line break, whatever its last value ends with', () => {
  expect(renderValue('x', 'y', '{{println .a}}', { a: 1 })).toBe('1\n\n')
  expect(renderValue('x', 'y', '{{.a}}\\n', { a: 1 })).toBe('1\n')
  expect(renderValue('x', 'y', '{{range .}}{{.a}}{{"\\t"}}{{"\\n"}}{{end}}\\tb', [{ a: 1 }])).toBe('1\t\n\tb\n')
  expect(renderValue('x', 'y', '{{.a}}{{"\\n"}}', { a: 1 })).toBe('1\n')
})

test('times as Go prints them', () => {
  expect(goTime('2026-11-24T09:13:25.419708420Z')).toMatch(/^\d{4}-11-2\d \d\d:\d\d:25\.41970842 [+-]\d{4} \S+$/)
})

test('columns are 12 wide at least, two more than their text, and the last is as it is', () => {
  expect(alignTable('ID\tNAME\tX\n1234567890123\ta\t\n')).toBe('ID             NAME        X\n1234567890123  a           \n')
})

const rows = [
  { ID: '1', Names: 'web', Labels: { a: 'b', 'x.y': 'z' }, Ports: ['80', '81'], Restarts: 2, Size: '' },
  { ID: '2', Names: 'db', Labels: {}, Ports: [], Restarts: 0, Size: '' },
]
const render = (format?: string) =>
  renderRows(rows, { name: 'ps', type: 'psReporter', format, normal: '{{.ID}}\t{{.Names}}', headings: { ID: 'CONTAINER ID' } })

test.each([
  [undefined, 'CONTAINER ID  NAMES\n1             web\n2             db\n'],
  ['{{.Names}}: {{.Labels}}', 'web: map[a:b x.y:z]\ndb: map[]\n'],
  ['table {{.ID}}\\t{{.Restarts}}', 'CONTAINER ID  RESTARTS\n1             2\n2             0\n'],
  ['{{json .Labels}}', '{"a":"b","x.y":"z"}\n{}\n'],
  ['{{index .Labels "x.y"}}|{{.Labels.a}}', 'z|b\n|<no value>\n'],
  ['{{if .Ports}}{{range $i, $p := .Ports}}{{$i}}={{$p}} {{end}}{{else}}none{{end}}', '0=80 1=81 \nnone\n'],
  ['{{if eq .Names "web"}}W{{else if gt .Restarts 5}}R{{else}}-{{end}}', 'W\n-\n'],
  ['{{with .Labels.a}}{{.}}{{else}}no{{end}}', 'b\nno\n'],
  ['{{.Names | upper | printf "%-5s|"}}', 'WEB  |\nDB   |\n'],
  ['{{- .ID -}} {{/* said */}} {{len .Ports}}', '1 2\n2 0\n'],
  ['{{$r := .}}{{range .Ports}}{{.}},{{$r.ID}};{{end}}{{(index .Labels "a")}}', '80,1;81,1;b\n\n'],
  ['{{$n := .Names}}{{join (split $n "e") "E"}} {{not true}} {{and .ID ""}}', 'wEb false \ndb false \n'],
])('%s', (format, expected) => expect(render(format)).toBe(expected))

test.each([
  ['{{.Nope}}', `template: ps:1:13: executing "ps" at <.Nope>: can't evaluate field Nope in type psReporter`],
  ['{{.ID', "template: ps:1: bad character U+007B '{'"],
  ['{{nope .ID}}', 'template: ps:1: function "nope" not defined'],
  ['{{if .ID}}', 'template: ps:1: unexpected EOF'],
  ['{{end}}', 'template: ps:1: unexpected {{end}}'],
])('%s is refused with a message', (format, message) => expect(() => render(format)).toThrow(message))

test('a function of an object’s own prototype is not a function of templates', () => {
  expect(() => renderValue('x', 'X', '{{constructor}}', {})).toThrow('function "constructor" not defined')
})
