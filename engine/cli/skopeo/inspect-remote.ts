import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Call } from '../command.ts'
import { goJson } from '../output/go-json.ts'
import { renderRows, renderValue } from '../output/report.ts'
import { bool, text, type Values } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { imageFlags, placeFlags, placeInput, platformFlags, platformInput, retryFlags, retryInput } from './flags.ts'
import { goConfig, goView } from './go-view.ts'
import { print } from '../output/print.ts'

/** Flags of inspecting a remote image. */
export const inspectFlags = {
  ...placeFlags,
  config: bool('', 'output configuration'),
  ...imageFlags,
  format: text('f', 'Format the output to a Go template'),
  'no-tags': bool('n', 'Do not list the available tags from the repository in the output'),
  ...platformFlags,
  raw: bool('', 'output raw manifest or configuration'),
  ...retryFlags,
}

type InspectCall = Pick<Call, 'args' | 'engine'> & { flags: Values<typeof inspectFlags> }

/** Shows one image elsewhere as skopeo does. */
export async function inspectRemote({ args: [reference = ''], flags, engine }: InspectCall): Promise<void> {
  const { raw, config } = flags
  const format = /^\s*(json|\{\{\s*json\s*\}\})\s*$/.test(flags.format ?? '') ? undefined : flags.format
  if (raw && flags.format) throw new UsageError('raw output does not support format option')
  const api = await engine()
  const input = { reference, ...placeInput(flags), ...platformInput(flags), ...retryInput(flags) }
  if (raw) {
    print(await readRaw(api, { ...input, config, artifact: true }))
    return
  }
  if (config) {
    const document = goConfig(await readRaw(api, { ...input, config: true }), reference)
    print(format ? byTemplate(format, document) : `${goJson(document, 4, true)}\n`)
    return
  }
  // Skopeo of this version does not show the variant.
  const { Variant: _, ...found } = await api['image.remoteInspect']({ ...input, noTags: flags['no-tags'] })
  print(format ? byTemplate(format, goView(found)) : `${goJson(found, 4, true)}\n`)
}

async function readRaw(api: Engine, input: Parameters<Engine['image.remoteRaw']>[0]): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of await api['image.remoteRaw'](input)) pieces.push(piece as Uint8Array)
  const bytes = Buffer.concat(pieces)
  if (bytes.length > 0) return bytes
  throw new EngineError('ManifestInvalid', `What ${input.reference} has is empty.`)
}

/** Skopeo's JSON in templates leaves `<`, `>` and `&` as they are. */
function byTemplate(format: string, value: object): string {
  const text = /^table\b/.test(format)
    ? renderRows([value], { name: 'skopeo inspect', type: 'interface {}', format, normal: '', noHeading: true })
    : renderValue('skopeo inspect', 'interface {}', format, value)
  return text.replace(/\\u00(3c|3e|26)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
