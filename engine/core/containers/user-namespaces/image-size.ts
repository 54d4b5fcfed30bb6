import { existsSync } from 'node:fs'

import type { LayerStore } from '../../../storage/index.ts'
import { readInside } from '../spec/read-inside.ts'

/** At least so many ids, and at most, unless a size is given: podman's (storage.conf, auto-userns-min-size and -max-size). */
const minimum = 1024
const maximum = 65_536

/** How many ids an image needs: one more than the largest in its files of accounts, nobody's apart. */
export function idsOfImage(layers: LayerStore, parent: string | undefined): number {
  const largest = ['etc/passwd', 'etc/group'].flatMap((file) => idsIn(topmost(layers, parent, file)))
  return Math.min(maximum, Math.max(minimum, ...largest.map((id) => id + 1)))
}

function topmost(layers: LayerStore, parent: string | undefined, file: string): string {
  type ChainId = Parameters<LayerStore['path']>[0]
  for (let chainId = parent as ChainId | undefined; chainId !== undefined;) {
    const folder = layers.path(chainId)
    const text = existsSync(folder) ? readInside(folder, file, { device: 'empty' }) : ''
    if (text !== '') return text
    chainId = layers.has(chainId) ? layers.record(chainId).parent : undefined
  }
  return ''
}

function idsIn(text: string): number[] {
  return text.split('\n').flatMap((line) => {
    const [name, , id, group] = line.split(':')
    if (name === 'nobody' || name === 'nogroup') return []
    return [id, /^\d+$/.test(group ?? '') ? group : undefined].filter((each) => /^\d{1,9}$/.test(each ?? '')).map(Number)
  })
}
