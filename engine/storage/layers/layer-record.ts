import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { type ChainId, type DiffId, isDigest } from '../../image/index.ts'

/** What is known of a stored layer. */
export interface LayerRecord {
  chainId: ChainId
  diffId: DiffId
  parent?: ChainId
  /** Bytes of the uncompressed tar. */
  size: number
}

/** A layer's `layer.json`: what is known of it, and the short names of its folder and all below, for mounting. */
export interface StoredRecord extends LayerRecord {
  /** Its own link first, the lowest layer's last. */
  links: string[]
}

const maxBytes = 16 * 1024

/** @throws LayerNotFound, StoreCorrupt */
export function readRecord(folder: string, chainId: ChainId): StoredRecord {
  const file = join(folder, 'layer.json')
  if (!statSync(file, { throwIfNoEntry: false })) {
    throw new EngineError('LayerNotFound', `The layer ${chainId.slice(0, 12)} is not in the store: pull its image again.`, {
      details: { chainId },
    })
  }
  try {
    const text = readFileSync(file, 'utf8')
    const record = JSON.parse(text.slice(0, maxBytes)) as StoredRecord
    if (isDigest(record.diffId) && record.links.every((link) => /^[A-Z]{8}$/.test(link)) && record.links.length > 0) return record
  } catch (error) {
    throw corrupt(chainId, error)
  }
  throw corrupt(chainId)
}

function corrupt(chainId: ChainId, cause?: unknown): EngineError {
  return new EngineError(
    'StoreCorrupt',
    `The record of layer ${chainId.slice(0, 12)} is damaged: remove the image and pull it again.`,
    { details: { chainId }, cause },
  )
}
