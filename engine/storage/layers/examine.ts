import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { ChainId } from '../../image/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { AttributeOptions } from './attributes.ts'
import { compareTrees } from './compare-trees.ts'
import { readRecord, type StoredRecord } from './layer-record.ts'
import type { ExaminedLayer, LayerStore } from './layer-store.ts'
import { describeImplied, makeLink } from './layers.ts'
import type { Layout } from '../layout.ts'
import { copyLink, mappingOf } from '../snapshots/mapped-layers.ts'
import { lowerLinks } from '../snapshots/snapshot-record.ts'
import { newStagingPath } from './staging.ts'
import { unpackLayer } from './unpack.ts'

type ExamineVerbs = Pick<LayerStore, 'layerProblems' | 'examine' | 'snapshots' | 'snapshotProblems' | 'repairSnapshot'>

/** The part of a store that checks and repairs it. */
export function openExaminer(layout: Layout, attributes: AttributeOptions): ExamineVerbs {
  return {
    layerProblems: (chainId) => layerProblems(layout, chainId),
    examine: (input) => examine(layout, attributes, input),
    snapshots: () => readdirSync(join(layout.root, 'containers')).filter((name) => /^[0-9a-f]{64}$/.test(name)),
    snapshotProblems: (id) => snapshotProblems(layout, id),
    repairSnapshot(id, parent) {
      const mapped = mappingOf(layout, id)
      const links = !parent
        ? []
        : mapped?.how === 'copy'
          ? [copyLink(layout, parent, mapped.ids)]
          : readRecord(layout.layer(parent), parent).links
      const upper = join(layout.snapshot(id), 'upper')
      if (!existsSync(upper)) return false
      for (const name of ['work', 'merged']) mkdirSync(join(layout.snapshot(id), name), { recursive: true, mode: 0o700 })
      writeFileAtomicSync(join(layout.snapshot(id), 'lower'), links.map(layout.link).join(':'))
      return true
    },
  }
}

/** What can be seen without reading the layer's files. */
function layerProblems(layout: Layout, chainId: ChainId): string[] {
  if (!existsSync(layout.layer(chainId))) return ['it is not in the store']
  let record: StoredRecord
  try {
    record = readRecord(layout.layer(chainId), chainId)
  } catch {
    return ['its record is missing or damaged']
  }
  const problems: string[] = []
  if (!isFolder(layout.diff(chainId))) problems.push('its files are missing')
  const [own, ...below] = record.links
  if (!leadsTo(layout, own!, chainId)) problems.push(`its short name ${own} is missing`)
  if (record.chainId !== chainId) problems.push('its record is that of another layer')
  if (!record.parent) return below.length > 0 ? [...problems, 'its record names no layer below it'] : problems
  try {
    const parent = readRecord(layout.layer(record.parent), record.parent)
    if (parent.links.join() !== below.join()) problems.push('its record does not fit the layer below it')
  } catch {
    problems.push(`the layer ${record.parent.slice(0, 12)} below it is missing or damaged`)
  }
  return problems
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function leadsTo(layout: Layout, link: string, chainId: ChainId): boolean {
  const file = join(layout.root, layout.link(link))
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return false
  return readlinkSync(file) === `../layers/${chainId}/diff`
}

async function examine(layout: Layout, attributes: AttributeOptions, input: ExaminedLayer): Promise<string[]> {
  const { chainId, diffId, parent, source, compressedSize, repair } = input
  const problems = layerProblems(layout, chainId)
  const staging = newStagingPath(layout.staging)
  const root = join(staging, 'diff')
  try {
    mkdirSync(root, { recursive: true, mode: 0o755 })
    const { size, implied } = await unpackLayer({
      ...attributes,
      root,
      diffId,
      source,
      ...(compressedSize === undefined ? {} : { compressedSize }),
    })
    if (isFolder(layout.diff(chainId))) problems.push(...(await compareTrees(root, layout.diff(chainId), implied)))
    if (problems.length === 0 || !repair) return problems
    const below = parent ? readRecord(layout.layer(parent), parent) : undefined
    describeImplied(layout, root, implied, below, attributes)
    const link = ownLink(layout, chainId)
    const record: StoredRecord = { chainId, diffId, ...(parent ? { parent } : {}), size, links: [link, ...(below?.links ?? [])] }
    writeFileAtomicSync(join(staging, 'layer.json'), JSON.stringify(record))
    await exchange(layout, staging, chainId)
    return problems
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** The short name that containers use for the layer, created again if it is missing. */
function ownLink(layout: Layout, chainId: ChainId): string {
  let known: string | undefined
  try {
    known = readRecord(layout.layer(chainId), chainId).links[0]
  } catch {
    known = readdirSync(layout.links).find((name) => leadsTo(layout, name, chainId))
  }
  if (known === undefined) return makeLink(layout, chainId)
  if (leadsTo(layout, known, chainId)) return known
  const file = join(layout.root, layout.link(known))
  if (lstatSync(file, { throwIfNoEntry: false })) return makeLink(layout, chainId)
  symlinkSync(`../layers/${chainId}/diff`, file)
  return known
}

/** Replaces a layer's folder. A crash in between leaves no layer, and the next repair unpacks it again. */
async function exchange(layout: Layout, staging: string, chainId: ChainId): Promise<void> {
  const target = layout.layer(chainId)
  const doomed = newStagingPath(layout.staging)
  if (existsSync(target)) renameSync(target, doomed)
  try {
    renameSync(staging, target)
  } catch (error) {
    if (existsSync(doomed)) renameSync(doomed, target)
    throw error
  }
  // Containers use the copies with other owners.
  if (existsSync(join(doomed, 'mapped'))) renameSync(join(doomed, 'mapped'), join(target, 'mapped'))
  rmSync(doomed, { recursive: true, force: true })
}

function snapshotProblems(layout: Layout, id: string): string[] {
  const problems: string[] = []
  if (!isFolder(join(layout.snapshot(id), 'upper'))) problems.push('what it wrote is missing')
  const lower = lowerLinks(layout, id)
  if (!lower) return [...problems, 'the list of its layers is missing']
  for (const link of lower) {
    if (!/^l\/[A-Z]{8}$/.test(link)) return [...problems, 'the list of its layers is damaged']
    if (!statSync(join(layout.root, link), { throwIfNoEntry: false })) problems.push(`its layer ${link} is missing`)
  }
  return problems
}
