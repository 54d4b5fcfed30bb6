import type { Engine, Input, Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { withPassword } from '../terminal/ask-password.ts'
import { signalWhenInterrupted } from '../terminal/interrupt.ts'
import { formatSize } from '../../spec/size.ts'
import { printError, stderr, stdout } from '../output/print.ts'

type Layer = NonNullable<Output<'image.pull'>['layer']>

/**
 * Pulls an image, with progress on stderr as podman's: a line for each layer, which grows on a terminal. An ambiguous short name is
 * asked for on a terminal, and the choice is recorded once the pull has succeeded.
 *
 * @returns the ids of what was pulled: one, or with all tags one for each.
 */
export async function pullImage(api: Engine, input: Input<'image.pull'>, quiet: boolean): Promise<string[]> {
  const credentials = await withPassword(input.credentials)
  const reference = await chooseName(api, input)
  const progress = quiet ? undefined : createProgress()
  let ids: string[] = []
  const signal = signalWhenInterrupted()
  try {
    for await (const item of await api['image.pull']({ ...input, credentials, reference, quiet }, { signal })) {
      if (item.error) throw new EngineError('Internal', item.error)
      if (item.layer) progress?.layer(item.layer)
      if (item.stream) progress?.text(item.stream)
      if (item.images) ids = item.images
      else if (item.id) ids = [item.id]
    }
  } finally {
    progress?.end()
  }
  if (reference !== input.reference) await api['image.remember']({ alias: input.reference, name: reference })
  return ids
}

/** The name to pull: the one given, or, for a short name that may mean several, the user's choice. */
async function chooseName(api: Engine, { reference, policy, allTags }: Input<'image.pull'>): Promise<string> {
  if (!process.stdin.isTTY || !stdout().isTTY || policy === 'never' || allTags) return reference
  try {
    const { Names, Ambiguous } = await api['image.resolve']({ name: reference })
    if (!Ambiguous) return reference
    const { promptChoice } = await import('../terminal/ask.ts')
    return await promptChoice('? Please select an image: ', Names)
  } catch (error) {
    // Real Podman does not have it, and the pull reports an invalid name better.
    if (error instanceof EngineError) return reference
    throw error
  }
}

function createProgress() {
  const terminal = stderr().isTTY
  const layers = new Map<string, Layer>()
  let drawn = 0
  const clear = () => {
    if (drawn > 0) printError(`\u001b[${drawn}A\u001b[J`)
    drawn = 0
  }
  const draw = () => {
    clear()
    const width = stderr().columns || 80
    const lines = Array.from(layers.values(), (layer) => layerLine(layer).slice(0, width - 1))
    printError(lines.map((line) => `${line}\n`).join(''))
    drawn = lines.length
  }
  return {
    text(text: string) {
      if (terminal && text.startsWith('Copying blob')) return // the layer has a line of its own
      clear()
      printError(text.endsWith('\n') ? text : `${text}\n`)
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
  return `${name} [${bar}] ${phase === 'unpacking' ? 'unpacking ' : ''}${formatSize(current, 3)} / ${formatSize(total, 3)}`
}
