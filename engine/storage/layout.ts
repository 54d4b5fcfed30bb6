import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../errors/index.ts'
import type { ChainId } from '../image/index.ts'

/** Where things are in a store (docs/storage.md). */
export interface Layout {
  root: string
  layer(chainId: ChainId): string
  diff(chainId: ChainId): string
  /** The short name of a layer's `diff`, relative to the root: mount(2) takes few bytes of options. */
  link(name: string): string
  snapshot(id: string): string
  /** Files of running processes: `staging/PID-STARTTIME-RANDOM`. */
  staging: string
  layers: string
  links: string
}

/** The layout below `root`; makes the folders that hold others. */
export function openLayout(root: string): Layout {
  const layers = join(root, 'layers')
  const links = join(root, 'l')
  const staging = join(root, 'staging')
  for (const folder of [layers, links, staging, join(root, 'containers'), join(root, 'empty')])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  const layer = (chainId: ChainId): string => join(layers, hexId(chainId))
  return {
    root,
    layers,
    links,
    staging,
    layer,
    diff: (chainId) => join(layer(chainId), 'diff'),
    link: (name) => `l/${name}`,
    snapshot: (id) => join(root, 'containers', hexId(id)),
  }
}

/** Eight random letters. */
export function randomLetters(): string {
  return Array.from({ length: 8 }, () => String.fromCharCode(65 + randomInt(26))).join('')
}

/** Ids become paths, so nothing else may pass. */
function hexId(id: string): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new EngineError('Internal', `${JSON.stringify(id)} is no id.`)
  return id
}
