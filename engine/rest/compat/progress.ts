import type * as v from 'valibot'

import type { DockerProgress } from '../../contract/docker/image-transfer.ts'

/** One line of what Docker's client draws. */
export type ProgressLine = v.InferOutput<typeof DockerProgress>

/** A layer of ours on its way, in either direction. */
interface Layer {
  digest: string
  phase: string
  current: number
  total: number
}

const words: Record<'pull' | 'push', Record<string, string>> = {
  pull: {
    waiting: 'Pulling fs layer',
    downloading: 'Downloading',
    unpacking: 'Extracting',
    done: 'Pull complete',
    exists: 'Already exists',
  },
  push: {
    waiting: 'Preparing',
    uploading: 'Pushing',
    done: 'Pushed',
    exists: 'Layer already exists',
    mounted: 'Mounted from another repository',
  },
}

/** Steps of layers as Docker's client draws them: a line for each layer, by the beginning of its digest. */
export function layerProgress(direction: 'pull' | 'push'): (layer: Layer) => Iterable<ProgressLine> {
  const started = new Set<string>()
  return function* (layer) {
    const id = layer.digest.replace(/^sha256:/, '').slice(0, 12)
    const moving = layer.phase === 'downloading' || layer.phase === 'unpacking' || layer.phase === 'uploading'
    // Its client relies on the first word.
    if (!started.has(id) && layer.phase !== 'waiting' && layer.phase !== 'exists')
      yield { status: words[direction]['waiting'], progressDetail: {}, id }
    started.add(id)
    const status = words[direction][layer.phase] ?? words[direction]['waiting']
    if (!moving) yield { status, progressDetail: {}, id }
    else {
      const { current, total } = layer
      yield { status, progressDetail: { current, total }, progress: bar(current, total), id }
    }
  }
}

const width = 50

/** For clients that print the text rather than draw. */
function bar(current: number, total: number): string {
  const share = total > 0 ? Math.min(1, current / total) : 0
  const full = Math.round(share * width)
  const line = full < width ? `${'='.repeat(full)}>`.padEnd(width) : '='.repeat(width)
  return `[${line}]  ${decimal(current)}/${decimal(total)}`
}

function decimal(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let value = bytes
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000
  return `${Number(value.toPrecision(4))}${units[unit]}`
}
