import type { Engine, Input, Output } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import { signalWhenInterrupted } from './interrupt.ts'
import { humanSize } from './output/human.ts'

type Layer = NonNullable<Output<'image.pull'>['layer']>

/**
 * Pulls an image, with progress on stderr as podman's: a line for each layer, which grows on a terminal.
 *
 * @returns the image's id.
 */
export async function pullImage(api: Engine, input: Input<'image.pull'>, quiet: boolean): Promise<string> {
  const progress = quiet ? undefined : createProgress()
  let id = ''
  const signal = signalWhenInterrupted()
  try {
    for await (const item of await api['image.pull'](input, { signal })) {
      if (item.error) throw new EngineError('Internal', item.error)
      if (item.layer) progress?.layer(item.layer)
      if (item.stream) progress?.text(item.stream)
      id = item.id ?? item.images?.[0] ?? id
    }
  } finally {
    progress?.end()
  }
  return id
}

function createProgress() {
  const terminal = process.stderr.isTTY
  const layers = new Map<string, Layer>()
  let drawn = 0
  const clear = () => {
    if (drawn > 0) process.stderr.write(`\u001b[${drawn}A\u001b[J`)
    drawn = 0
  }
  const draw = () => {
    clear()
    const width = process.stderr.columns || 80
    const lines = Array.from(layers.values(), (layer) => layerLine(layer).slice(0, width - 1))
    process.stderr.write(lines.map((line) => `${line}\n`).join(''))
    drawn = lines.length
  }
  return {
    text(text: string) {
      if (terminal && text.startsWith('Copying blob')) return // the layer has a line of its own
      clear()
      process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
      if (layers.size > 0 && terminal) draw()
    },
    layer(layer: Layer) {
      layers.set(layer.digest, layer)
      if (terminal) draw()
    },
    end() {
      drawn = 0
    },
  }
}

function layerLine({ digest, phase, current, total }: Layer): string {
  const name = `Copying blob ${digest.replace(/^sha256:/, '').slice(0, 12)}`
  if (phase === 'done') return `${name} done`
  if (phase === 'exists') return `${name} skipped: already exists`
  if (phase === 'waiting') return `${name} waiting`
  const share = total > 0 ? Math.min(1, current / total) : 0
  const bar = '='.repeat(Math.round(share * 20)).padEnd(20)
  return `${name} [${bar}] ${phase === 'unpacking' ? 'unpacking ' : ''}${humanSize(current, 3)} / ${humanSize(total, 3)}`
}
