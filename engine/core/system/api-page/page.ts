import { style } from './style.ts'
import { type JsonSchema, typeText } from './type-text.ts'

interface Parameter {
  name: string
  in: string
  required: boolean
  schema: JsonSchema
}

type Content = Readonly<Record<string, { schema?: JsonSchema & { $ref?: string } }>>

interface DescribedOperation {
  operationId: string
  summary: string
  tags: readonly string[]
  'x-berth-extension'?: boolean
  parameters: readonly Parameter[]
  requestBody?: { content: Content }
  responses: Readonly<Record<string, { description: string; content?: Content }>>
}

/** An OpenAPI document, as far as the page shows it. */
export interface ApiDocument {
  info: { title: string; version: string; description: string }
  paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
}

/** A page that shows the document: no script, no picture, nothing from elsewhere. */
export function page({ info, paths }: ApiDocument): string {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({ path, method, described })),
  )
  const groups = [...Map.groupBy(all, ({ path, described }) => groupOf(path, described))]
  const links = groups.map(([name]) => `<li><a href="#${idOf(name)}">${escape(name)}</a></li>`)
  const sections = groups.map(
    ([name, members]) =>
      `<section aria-labelledby="${idOf(name)}"><h2 id="${idOf(name)}">${escape(name)}</h2>${members.map(operation).join('')}</section>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)} API ${escape(info.version)}</title><style>${style}</style></head>
<body><header><h1>${escape(info.title)} API <span class="dim">${escape(info.version)}</span></h1>
<p>${escape(info.description)}</p><p>The same for programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<nav aria-label="Groups"><ul>${links.join('')}</ul></nav></header>
<main>${sections.join('\n')}</main></body></html>
`
}

const idOf = (name: string): string => name.toLowerCase().replace(/[^a-z]+/g, '-')

function groupOf(path: string, { tags: [noun = 'system'], operationId }: DescribedOperation): string {
  if (!operationId.startsWith('docker.')) return `libpod: ${noun}`
  return path.startsWith('/libpod/') ? `libpod: ${operationId.split('.')[1]}` : `Docker: ${operationId.split('.')[1]}`
}

function operation({ path, method, described }: { path: string; method: string; described: DescribedOperation }): string {
  const { summary, parameters, requestBody, responses } = described
  return `<details><summary><b class="method ${method}">${method.toUpperCase()}</b> <code>${escape(path)}</code> <span>${escape(summary)}${
    described['x-berth-extension'] ? ' (only Berth)' : ''
  }</span></summary><div>${parameterTable(parameters)}${requestBody ? `<h3>Body</h3>${contentText(requestBody.content)}` : ''}<h3>Answers</h3>${Object.entries(
    responses,
  )
    .map(
      ([status, { description, content }]) =>
        `<p><b>${status}</b> ${escape(description)}</p>${Number(status) < 400 && content ? contentText(content) : ''}`,
    )
    .join('')}</div></details>`
}

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td><code>${escape(typeText(schema))}</code></td></tr>`,
  )
  return `<h3>Parameters</h3><table><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function contentText(content: Content): string {
  return Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<p class="dim">${escape(type)}</p>${schema && schema.$ref === undefined ? `<pre>${escape(typeText(schema))}</pre>` : ''}`,
    )
    .join('')
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
